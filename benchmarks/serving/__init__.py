"""How many requests a server answers, beside the same network behind a plain handler."""
