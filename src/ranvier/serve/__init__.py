"""Trained models over HTTP: the Open Inference Protocol, plain JSON, CSV and pictures.

A request goes through these rooms: `wire` reads it, `application` decides whether it may pass,
`asking` who is to answer, `v2` or `plain` reads its rows by the model's `inputs`, `batching` puts
it together with others, one thread computes them, and each is answered by itself, over `exchange`
where head and body go out at once. `documented` describes it, and answers what is asked seldom.
"""
