"""Trained models over HTTP: the Open Inference Protocol, plain JSON, CSV and pictures.

A request goes through these rooms: `protocol` reads it from the wire, `application` decides whether
it may pass and who answers, `v2` or `plain` reads its rows by the model's `inputs`, `batching` puts
it together with others, one thread computes them, and each is answered by itself.
"""
