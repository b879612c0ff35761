"""The one training loop: players, steps, chunks, feeds, mesh, checkpoints.

Read in this order: `learner` (what is trained), `state` (what changes), `step` (one gradient
step), `chunk` (many steps and whole epochs as one compiled program), `plan` (which rows go
into which step), `feeds` (how those rows reach the device), `loop` (the host's part).
"""
