"""What a batch costs beside the analysis, how its memory grows, and whether it survives being killed."""
