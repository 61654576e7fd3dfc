"""The verbs: each reads files, calls one noun, writes files. `dvc.yaml` is the flow and the only place that knows paths."""

import os

# Float sums of several threads differ in the last bit from run to run, which DVC sees as a change (polars 2).
os.environ.setdefault("POLARS_MAX_THREADS", "1")
# Fits are spread over processes: threads of linear algebra on top of them wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
