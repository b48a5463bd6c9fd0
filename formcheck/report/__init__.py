"""What was found, as JSON, as a page, in the terminal, and drawn on the recording."""
