"""How long an answer takes from a trained model, against the bare imports that every answer pays.

    python benchmarks/answering.py [proposal] [repeats]

Needs a trained model (`dvc repro`). Each line is the fewest processor seconds (user and system, of a process of its own, imports
included) over the repeats; the ratio to `import polars, lightgbm` in the same run is what compares between machines.
"""

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

BARE = (sys.executable, "-c", "import polars, lightgbm")


def seconds(*command: str) -> float:
    """Processor seconds of a command with one thread per library."""
    threads = dict.fromkeys(("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=os.environ | threads)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(proposal: str = "data/proposals/mab_to_15000L.yaml", repeats: str = "3") -> None:
    """Time the bare imports, the data alone, and the data with the page."""
    predict = (str(Path(sys.executable).with_name("scalebridge")), "predict", proposal)
    with tempfile.TemporaryDirectory() as folder:
        out, report = (f"{folder}/{name}" for name in ("result.json", "report.html"))
        commands = {
            "import polars, lightgbm": BARE,
            "result.json": (*predict, "--out", out),
            "result.json and the whole page": (*predict, "--out", out, "--report", report),
        }
        found = {name: min(seconds(*command) for _ in range(int(repeats))) for name, command in commands.items()}
    bare = next(iter(found.values()))
    for name, spent in found.items():
        print(f"{name:28s} {spent:6.2f} s   × {spent / bare:.2f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
