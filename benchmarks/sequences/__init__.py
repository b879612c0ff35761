"""Sequences and texts: what the recurrent network is compared on."""
