"""Tables larger than memory: read in pieces, in two passes.

The first pass (`survey`) learns what must be known of all rows and keeps a sample of them; the
second gives the rows that train, a piece at a time.
"""

from ranvier.data.streams.streamed import Facts, Streamed, in_memory, stream, too_large
from ranvier.data.streams.tables import memory_needed

__all__ = ["Facts", "Streamed", "in_memory", "memory_needed", "stream", "too_large"]
