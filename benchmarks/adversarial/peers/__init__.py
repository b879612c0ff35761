"""The same adversarial training in each library."""
