"""What happens inside a trained network, as numbers that can be checked by hand."""
