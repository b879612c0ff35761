"""The report: one self-contained page about a trained model, for a person to read.

`facts` gathers everything once, as values; `page` sets them as HTML, one file of `sections`
for each part, with pictures from `charts`. The page needs no network, no script and no plotting
library, and all text that comes from the data is escaped where tags are made (`html`).
"""
