"""Files that others run: a trained network without Ranvier.

`programs` say what a model computes, from raw inputs to answers; `tracing`, `canonical` and
`fusing` make a graph of layers of it; each format is a room or a file of its own that writes that
graph; `writing` checks every file before it is kept.
"""
