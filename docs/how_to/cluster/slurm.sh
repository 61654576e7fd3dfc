#!/bin/bash
#SBATCH --job-name=scalebridge
#SBATCH --ntasks=17
#SBATCH --cpus-per-task=1
#SBATCH --mem-per-cpu=4G
#SBATCH --time=04:00:00
# One scheduler, sixteen workers and the run itself, in one job. Submit it from the folder of the project: sbatch slurm.sh
# Not run here: the machine that this was written on has no SLURM. The same commands without srun are run by the tests.
set -euo pipefail
source .venv/bin/activate
export OPENBLAS_NUM_THREADS=1 OPENBLAS_CORETYPE=Haswell POLARS_MAX_THREADS=1
found=$(mktemp -p "$PWD" .scheduler.XXXXXX)   # in a folder that all nodes see
rm "$found"

dask scheduler --host "$(hostname)" --port 0 --scheduler-file "$found" --no-dashboard &
until [ -s "$found" ]; do sleep 1; done
srun --ntasks=16 --exclusive dask worker --scheduler-file "$found" --nthreads 1 --no-dashboard &

SCALEBRIDGE_CLUSTER=$(python -c 'import json, sys; print(json.load(open(sys.argv[1]))["address"])' "$found")
export SCALEBRIDGE_CLUSTER
export DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT=300s   # workers may wait in a queue
dvc repro
rm "$found"
kill %1
