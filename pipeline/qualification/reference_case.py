"""The reference case that comes with the package: raw files of a stirred pot, and the numbers that must come out."""

import io
import shutil
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import field
from pathlib import Path

from pydantic.dataclasses import dataclass

from pipeline.domain.config_files import parse, read_yaml
from pipeline.domain.places import Places
from pipeline.domain.strict_config import STRICT
from pipeline.engine.calls import in_this_process

FOLDER = Path(__file__).parent / "reference"
EXPECTED = "expected.yaml"
PROPOSAL = "pot_to_100L.yaml"


@dataclass(config=STRICT, frozen=True)
class SetAside:
    """The row that is wrong on purpose."""

    file: str
    row: int
    value: str
    reason: str


@dataclass(config=STRICT, frozen=True)
class Expected:
    """What the reference case must give."""

    relative_tolerance: float
    rows: Mapping[str, int]
    """Counts of rows and batches: read, valid, set aside."""
    set_aside: SetAside
    answer: Mapping[str, float] = field(default_factory=dict)
    """Numbers of the answer to the proposal."""
    scores: Mapping[str, float] = field(default_factory=dict)
    """`protocol.score` → number, of the model that answers."""


def expected() -> Expected:
    """Return what the reference case must give."""
    found: Expected = parse(Expected, read_yaml(FOLDER / EXPECTED), EXPECTED)
    return found


def run_reference(folder: Path) -> Places:
    """Run the reference case from its raw files to a published run, in an empty folder. Return its places.

    It uses the stages of `dvc repro`, in this process and one after the other.
    """
    from pipeline.stages.configure import configure
    from pipeline.stages.evaluate import evaluate
    from pipeline.stages.explain import explain
    from pipeline.stages.features import features
    from pipeline.stages.ingest import ingest
    from pipeline.stages.monitor import monitor
    from pipeline.stages.outlook import outlook
    from pipeline.stages.publish import publish
    from pipeline.stages.split import split
    from pipeline.stages.train import train
    from pipeline.stages.transfer import transfer
    from pipeline.stages.validate import validate

    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns(EXPECTED), dirs_exist_ok=True)
    places = Places.under(folder / "data")
    learned = (split, train, evaluate, transfer, explain, monitor, outlook)
    quiet = io.StringIO()
    with in_this_process(), redirect_stdout(quiet), redirect_stderr(quiet):
        for stage in (configure, ingest, validate, features, *learned, publish):
            stage(places)
    return places
