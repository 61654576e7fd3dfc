"""The stages of the pipeline. Each reads files, calls library functions and writes files. `dvc.yaml` puts them in order."""

import os
import sys
from pathlib import Path

# Sums of floats over several threads differ in the last bit from run to run, which DVC takes for a change (polars 2).
os.environ.setdefault("POLARS_MAX_THREADS", "1")

if sys.argv[:1] == ["-m"]:  # while `python -m pipeline.stages.<stage> <data folder>` loads the libraries of the stage
    from pipeline.domain.boundary.boundary import hook
    from pipeline.domain.places import ERRORS

    sys.excepthook = hook("stage", Path(sys.argv[1] if len(sys.argv) > 1 else "data") / ERRORS)
