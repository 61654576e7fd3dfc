"""The pot's published run as MLflow logs it, and the model that MLflow serves."""

from pathlib import Path
from types import SimpleNamespace

from pipeline.answers.predicting_run import read_by_a_prediction
from pipeline.domain.places import Places
from pipeline.publication.bundle import copy_part
from pipeline.publication.runs import current_run
from pipeline.tracking.record import RunRecord
from pipeline.tracking.served_model import ScalebridgeModel

LEFT_OUT = {"batch": "B7", "who": "J. Meier", "when": "2024-03-01", "why": "engineering run"}
METRICS = {"largest_scale_out": {"titre": {"rmse": 0.2, "skill_carry_over": 0.5}}}

CONFIGURED = {"largest_scale_out": {"titre": {"rmse": 0.25, "skill_carry_over": 0.25}}}


def record_of(project: Places, artifacts: Path) -> RunRecord:
    """What is logged of the pot's run; artifacts: a folder for the files that are logged with it."""
    (artifacts / "plots").mkdir(parents=True, exist_ok=True)
    (artifacts / "plots/skill.txt").write_text("0.5", encoding="utf-8")
    return RunRecord(
        bundle=current_run(project),
        choices={"process": "pot", "model": "ridge", "split": "brief", "horizon": "plan"},
        config={"seed": 1, "interval": {"levels": [0.8, 0.9]}, "left_out": {"batches": [LEFT_OUT]}},
        metrics=METRICS,
        candidates={"ridge": CONFIGURED, "carry_over": METRICS},
        configured="ridge",
        chosen={"titre": "ridge"},
        data_hash="d",
        folds_hash="f",
        acceptance_hash="a",
        artifacts={"plots": artifacts / "plots"},
    )


def part_of(project: Places, folder: Path) -> Path:
    """A copy of the part of the current run that is served."""
    return copy_part(current_run(project), read_by_a_prediction(Places.under(Path())), folder)


def loaded(part: Path) -> ScalebridgeModel:
    """The served model, loaded from such a copy."""
    model = ScalebridgeModel()
    model.load_context(SimpleNamespace(artifacts={"run": str(part)}))
    return model
