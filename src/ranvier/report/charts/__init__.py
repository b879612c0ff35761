"""Pictures as inline SVG, one file for each kind. Each has a title that says what it shows.

All are drawn `WIDTH` units wide, which is about a phone's width, so that their text is readable
there; wide pages set several side by side.
"""
