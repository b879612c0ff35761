"""Series continued: the network, its loss, and what the model does beside `predict`."""
