"""The coach before a camera: what to show and say now."""
