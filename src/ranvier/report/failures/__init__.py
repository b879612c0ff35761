"""Where a model fails, as values: one file for each kind of answer."""
