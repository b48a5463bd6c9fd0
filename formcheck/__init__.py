"""formcheck: checks the form of psoas and hip exercises in a video."""
