"""The networks that ship, how they are built, and what fits the numbers that ship beside them."""
