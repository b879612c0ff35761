"""What each kind of model computes in its exported form: from raw inputs to answers."""
