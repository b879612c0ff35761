"""Pictures from end to end, on Fashion-MNIST: files to a first epoch, accuracy, denoising.

Each command has its file, and beside it `<command>_peers.py`: what each library does, run as a
process of its own in the library's environment, where only NumPy and that library are imported.
"""
