"""A fully connected network predicts how late a flight arrives, from a CSV as it came.

Command:         python examples/fetch.py && python examples/fcnn_flights.py
Time:            about two minutes on two CPU cores
Expected score:  see the README's table; the mean as a prediction has R² 0
"""

import sys
from pathlib import Path

import ranvier as rv

folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path.home() / ".cache/ranvier/examples"

# Text, dates, gaps and identifiers are recognised; rows without a target are left out.
flights = rv.read(folder / "flights.csv", target="arr_delay")
model = rv.FCNN().fit(flights)

print(model.evaluate(flights.test))
model.save("flights.ranvier")  # plain data, no code
again = rv.load("flights.ranvier")
print(again.predict(flights.test)[:5], flights.test.target[:5])
