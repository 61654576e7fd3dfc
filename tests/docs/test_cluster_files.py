"""The files of the guide to clusters hold what the guide says that a worker needs."""

import shutil
import subprocess
from pathlib import Path

import yaml

SETTINGS = {"OPENBLAS_NUM_THREADS": "1", "OPENBLAS_CORETYPE": "Haswell", "POLARS_MAX_THREADS": "1"}


def test_kubernetes__workers_have_one_thread_and_the_settings_of_the_guide(root: Path) -> None:
    found = yaml.safe_load((root / "docs/how_to/cluster/kubernetes.yaml").read_text(encoding="utf-8"))
    (worker,) = found["spec"]["worker"]["spec"]["containers"]
    assert {one["name"]: one["value"] for one in worker["env"]} == SETTINGS
    assert worker["args"][worker["args"].index("--nthreads") + 1] == "1"
    (scheduler,) = found["spec"]["scheduler"]["spec"]["containers"]
    assert scheduler["image"] == worker["image"]
    (port,) = found["spec"]["scheduler"]["service"]["ports"]
    assert port["targetPort"] == scheduler["ports"][0]["name"]


def test_slurm__is_a_script_with_the_settings_of_the_guide(root: Path) -> None:
    script = root / "docs/how_to/cluster/slurm.sh"
    text = script.read_text(encoding="utf-8")
    assert "export " + " ".join(f"{name}={value}" for name, value in SETTINGS.items()) in text
    if (bash := shutil.which("bash")) is not None:
        assert subprocess.run([bash, "-n", str(script)], check=False).returncode == 0
