"""Runs: from a source to a folder with a trained model, its history and its score.

This is what the command line calls, one function for each command; nothing here prints.
`folder` is where a run lies; `training`, `prediction`, `evaluation` and `information` are the
commands' work. Imported one by one, so that help answers before anything heavy is loaded.
"""
