"""How often formcheck is wrong, on clips whose truth is known."""
