"""The families of networks: one room each."""
