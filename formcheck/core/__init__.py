"""The one core: poses in, bouts with verdicts out. It opens no recording, prints nothing and reads no clock."""
