"""A process that reads files for another: jobs come in on standard input, a line of JSON each.

Started as a plain program, not by multiprocessing: a script that trains needs no
`if __name__ == "__main__"`, and nothing is forked while JAX has threads.
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from itertools import groupby
from typing import Any

from ranvier.data.pictures.jobs import Job, work


def main() -> None:
    """Work until standard input ends, which it also does when the parent is gone."""
    warnings.simplefilter("ignore")  # a damaged file is told about in Ranvier's words
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)  # whatever a library prints must not come between the answers
    for line in sys.stdin:
        answer: dict[str, Any]
        try:
            done = work(Job.from_state(json.loads(line)))
        except OSError as error:
            answer = {"errno": error.errno, "reason": error.strerror or str(error)}
        else:
            runs = [(seen, len(list(same))) for seen, same in groupby(done.seen)]
            answer = {"first": done.first, "seen": runs, "problems": done.problems}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    try:
        main()
    except (KeyboardInterrupt, BrokenPipeError):
        os._exit(130)
