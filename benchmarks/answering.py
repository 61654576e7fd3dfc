"""Time of an answer from a trained model, relative to the time of the imports alone.

    python benchmarks/answering.py [proposal] [repeats] [--write]

A trained model is needed (`dvc repro`). Every repeat runs in a new process, imports included. The time is user and system time
of the processor; the smallest of the repeats counts. Compare the ratio to `import polars, lightgbm` between machines, not the
seconds.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from report import Report, Table, command, publish

BARE = (sys.executable, "-c", "import polars, lightgbm")


def seconds(*command: str) -> float:
    """Processor seconds of a command with one thread per library."""
    threads = dict.fromkeys(("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=os.environ | threads)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(given: argparse.Namespace) -> None:
    """Time the imports alone, the result file alone, and the result file with the page."""
    predict = (str(Path(sys.executable).with_name("scalebridge")), "predict", given.proposal)
    with tempfile.TemporaryDirectory() as folder:
        out, report = (f"{folder}/{name}" for name in ("result.json", "report.html"))
        commands = {
            "import polars, lightgbm": BARE,
            "result.json": (*predict, "--out", out),
            "result.json and the whole page": (*predict, "--out", out, "--report", report),
        }
        found = {name: min(seconds(*one) for _ in range(given.repeats)) for name, one in commands.items()}
    bare = next(iter(found.values()))
    table = Table(
        "Time of an answer, relative to the imports alone",
        ("what", "ratio to the imports", "processor seconds"),
        [(name, spent / bare, spent) for name, spent in found.items()],
    )
    publish(Report("answering", [table], [], {"repeats of each": given.repeats}), given)


if __name__ == "__main__":
    parser = command(__doc__)
    parser.add_argument("proposal", nargs="?", default="data/proposals/mab_to_15000L.yaml")
    parser.add_argument("repeats", nargs="?", type=int, default=3)
    main(parser.parse_args())
