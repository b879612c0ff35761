"""The fully connected family: tables, and anything else that is a vector."""
