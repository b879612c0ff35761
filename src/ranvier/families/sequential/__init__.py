"""What families share that go through rows step by step: texts, sequences and series."""
