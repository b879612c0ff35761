"""ONNX: a graph for onnxruntime and whatever else reads it."""
