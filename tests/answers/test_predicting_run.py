"""A prediction is the same from a part of a published run as from the whole run."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.answers.case.case import make_case
from pipeline.answers.predicting_run import PredictingRun, read_by_a_prediction, read_predicting_run
from pipeline.answers.prediction import forecasts_of, reasons_not_answered, step_answer
from pipeline.answers.result.prediction import StepAnswer
from pipeline.answers.trained_run import read_trained_run
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.places import Places
from pipeline.publication.bundle import Bundle, copy_part, open_part
from pipeline.publication.runs import current_run
from tests.support.pot import proposal

PART = read_by_a_prediction(Places.under(Path()))


def _answer(run: PredictingRun) -> StepAnswer:
    case = make_case(proposal(), run)
    return step_answer(case, run, forecasts_of(case, run), reasons_not_answered(case, run))


@pytest.fixture
def part(project: Places, tmp_path: Path) -> Bundle:
    return open_part(copy_part(current_run(project), PART, tmp_path), PART)


def test_read_predicting_run__answers_as_the_whole_run(project: Places, part: Bundle) -> None:
    assert _answer(read_predicting_run(part)) == _answer(read_trained_run(project))


def test_read_by_a_prediction__leaves_out_what_no_prediction_reads(part: Bundle) -> None:
    there = {path.relative_to(part.folder).as_posix() for path in part.folder.rglob("*") if path.is_file()}
    assert {"features.parquet", "origin.json", "history/batches.parquet", "config/process.yaml"} <= there
    assert not [name for name in there if "trajectories" in name or name.endswith((".png", ".html"))]


def test_read_predicting_run__a_model_of_other_code_is_refused(part: Bundle) -> None:
    origin = part.places.origin
    text = origin.read_text(encoding="utf-8")
    used = text.index('"pipeline/models/ridge.py": "')
    at = used + len('"pipeline/models/ridge.py": "')
    origin.write_text(text[:at] + "0" * 64 + text[at + 64 :], encoding="utf-8")
    with pytest.raises(ScalebridgeError, match=r"trained by other code .*pipeline/models/ridge.py"):
        read_predicting_run(replace(part))
