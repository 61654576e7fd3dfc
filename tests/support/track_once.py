"""Log the pot's run in a process of its own, which a test may kill: `python -m tests.support.track_once <data> <folder>`."""

import sys
from pathlib import Path

from pipeline.domain.places import Places
from pipeline.tracking.mlflow import track
from tests.support.served import record_of

if __name__ == "__main__":
    data, store = (Path(argument) for argument in sys.argv[1:])
    print(track(record_of(Places.under(data), store / "artifacts"), store))
