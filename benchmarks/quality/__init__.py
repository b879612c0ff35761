"""How well the FCNN predicts beside its peers: real tables, the same splits, default settings."""
