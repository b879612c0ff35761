"""A program for each library; `speaker.py` is what they have in common."""
