"""The parts of the page, in their order, one file for each: from the facts to HTML."""
