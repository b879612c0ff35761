"""Examples that run as they stand; the benchmarks fetch their data by way of `fetch`."""
