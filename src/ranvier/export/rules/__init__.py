"""How JAX's operations become steps, one rule each: `canonical` says which for which."""
