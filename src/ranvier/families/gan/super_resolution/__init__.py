"""Super-resolution: pictures made larger, with more detail than interpolation has."""
