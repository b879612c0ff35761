"""Ranvier beside its peers: the same network, data and training, measured in turns."""
