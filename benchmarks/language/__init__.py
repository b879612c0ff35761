"""Language: transformers beside nanoGPT, Keras, transformers and linear models."""
