"""Landmarks in files: our own `.npz`, and the formats of other programs."""
