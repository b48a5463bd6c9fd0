"""How fast formcheck takes whole videos to verdicts, beside mediapipe."""
