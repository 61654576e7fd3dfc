"""Processor time of the stage `train` of the default run, today and at commit 050686f, measured in turn.

    python benchmarks/training_time.py [--repeats 2] [--checkout FOLDER] [--write]

The code of HEAD and that of commit 050686f run in worktrees. Each makes its own default run up to the stage `split`, outside the
measurement. Then the stages `train` run in turn, each in one process with one thread. The ratio is that of the smallest times,
because other work on the machine makes a time longer, never shorter.
"""

import argparse
import resource
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import yaml
from checkouts import BEFORE, Checkout, here, temporary_worktree, with_environment, worktree
from report import Report, Table, command, publish

from pipeline.domain.errors import ScalebridgeError

MEASURED = "train"
ONE_PROCESS = (
    "import os, runpy, sys; os.cpu_count = lambda: 1; runpy.run_module(sys.argv.pop(1), run_name='__main__', alter_sys=True)"
)
"""Runs a stage as on a machine with one core, so that all of its work is in one process."""


def commands(folder: Path, until: str = MEASURED) -> dict[str, list[str]]:
    """Return stage → its module and arguments, in the order of `dvc.yaml` of a checkout, up to a stage.

    Raises ScalebridgeError if a stage is no call of a module.
    """
    choices = yaml.safe_load((folder / "params.yaml").read_text(encoding="utf-8"))
    found = {}
    for name, stage in yaml.safe_load((folder / "dvc.yaml").read_text(encoding="utf-8"))["stages"].items():
        words = stage["cmd"].replace("${process}", choices["process"]).split()
        if words[:2] != ["python", "-m"]:
            raise ScalebridgeError(
                f"Stage {name} of {folder / 'dvc.yaml'} is `{stage['cmd']}`; only `python -m` can be measured"
            )
        found[name] = words[2:]
        if name == until:
            return found
    raise ScalebridgeError(f"{folder / 'dvc.yaml'} has no stage '{until}'; it has {', '.join(found)}")


@contextmanager
def prepared(code: Checkout) -> Iterator[Path]:
    """Yield a folder in which all stages before the measured one have run."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for name in ("conf", "params.yaml"):
            (folder / name).symlink_to(code.folder / name)
        for name, words in commands(code.folder).items():
            if name != MEASURED:
                code.run(["-c", ONE_PROCESS, *words], folder)
        yield folder


def seconds(code: Checkout, folder: Path) -> float:
    """Return the user processor time of the measured stage [s]."""
    start = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    code.run(["-c", ONE_PROCESS, *commands(code.folder)[MEASURED]], folder)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - start


def main(given: argparse.Namespace) -> None:
    """Measure both in turn, and show the table."""
    past = with_environment(worktree(BEFORE, given.checkout))
    with temporary_worktree("HEAD") as folder:
        today = replace(here(), folder=folder)
        with prepared(past) as old, prepared(today) as new:
            found = [(seconds(past, old), seconds(today, new)) for _ in range(given.repeats)]
    least = [min(times) for times in zip(*found, strict=True)]
    lines = [(BEFORE[:10], least[0], 1.0), ("today", least[1], least[1] / least[0])]
    rows = [(name, *(f"{pair[i]:.0f}" for pair in found), value, ratio) for i, (name, value, ratio) in enumerate(lines)]
    head = ("commit", *(f"run {n + 1} [s]" for n in range(given.repeats)), "smallest [s]", "ratio")
    caption = "Processor time of the stage `train` of the default run, in one process with one thread"
    publish(Report("training_time", [Table(caption, head, rows)], [], {"runs of each commit": given.repeats}), given)


if __name__ == "__main__":
    parser = command(__doc__)
    parser.add_argument("--repeats", type=int, default=2, help="runs of each commit")
    default = Path(tempfile.gettempdir()) / f"scalebridge_{BEFORE[:7]}"
    parser.add_argument("--checkout", type=Path, default=default, help="worktree of commit 050686f")
    main(parser.parse_args())
