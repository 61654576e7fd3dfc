"""The stages of the pipeline. Each reads files, calls library functions and writes files. `dvc.yaml` puts them in order."""

import os

# Sums of floats over several threads differ in the last bit from run to run, which DVC takes for a change (polars 2).
os.environ.setdefault("POLARS_MAX_THREADS", "1")
# Fits run in several processes. Threads of the linear algebra on top of them would only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
