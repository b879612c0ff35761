"""How many requests a server answers, beside the same network behind other servers."""
