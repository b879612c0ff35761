"""Who is measured: one small file per peer, run as a process of its own.

To add one, add a file with a class of `protocol.Peer` and `serve(...)` at its end, and name it in
`roster.py`.
"""
