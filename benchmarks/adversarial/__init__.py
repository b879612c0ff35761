"""Two networks against each other: how fast a step is, and how like the real the pictures are."""
