"""A transformer reads all of Shakespeare, character by character, and writes on.

Command:         python examples/fetch.py && python examples/transformer_shakespeare.py
Time:            five and a half minutes on two CPU cores, beside other work
Expected score:  perplexity 4.700, 2.233 bits a character on the last tenth, seed 0
"""

from pathlib import Path

import ranvier as rv

book = rv.read(Path("~/.cache/ranvier/examples/shakespeare.txt").expanduser())
model = rv.Transformer().fit(book)

print(model.summary())
print()
for name, value in model.evaluate(book.test).items():
    print(f"{name:20} {value:.3f}")

print()
for piece in model.generate("ROMEO:", max_tokens=400, stream=True):
    print(piece, end="", flush=True)
print()
