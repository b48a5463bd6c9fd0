"""How fast the core is: landmarks in, report out, no model, beside what others do and beside a plain copy."""
