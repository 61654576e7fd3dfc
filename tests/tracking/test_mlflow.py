"""An answer that is asked for later is kept with the run that trained its model."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.answers.result.files import read_answer
from pipeline.domain.errors import ScalebridgeError
from pipeline.reports.files import write_answer
from pipeline.tracking.mlflow import add
from tests.support.trained_pot import answered


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A store with one run; mlflow writes its address into the environment, where another test may have left one."""
    import mlflow

    folder = tmp_path_factory.mktemp("store")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        mlflow.set_tracking_uri(f"sqlite:///{folder / 'mlflow.db'}")
        experiment = mlflow.create_experiment("x", artifact_location=(folder / "files").as_uri())
        with mlflow.start_run(experiment_id=experiment) as run:
            pass
        patch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{folder / 'mlflow.db'}")
        yield folder, run.info.run_id


def test_add__an_answer_with_its_scenarios_is_read_back_whole(store: tuple[Path, str], tmp_path: Path) -> None:
    import mlflow

    folder, run = store
    answer = answered(whole=True)
    written = write_answer(answer, tmp_path / "answer")
    add(folder, run, tmp_path / "answer", "asked/pot")
    kept = Path(mlflow.artifacts.download_artifacts(run_id=run, artifact_path="asked/pot", dst_path=str(tmp_path / "back")))
    assert {path.name: path.read_bytes() for path in kept.iterdir()} == {path.name: path.read_bytes() for path in written}
    assert read_answer(kept / "result.json") == answer
    names = (
        "report.html",
        "transfer_map.json",
        "transfer_map.xlsx",
        "model_card.json",
        "data_card.json",
        "credibility.json",
    )
    assert {*names, "distributions.svg"} <= {path.name for path in kept.iterdir()}
    assert json.loads((kept / "credibility.json").read_text(encoding="utf-8"))["hashes"]["data"] == answer.record.hashes.data


def test_add__a_run_that_is_not_there_is_a_sentence(store: tuple[Path, str], tmp_path: Path) -> None:
    with pytest.raises(ScalebridgeError, match="has no run 0123"):
        add(store[0], "0123", tmp_path, "asked/x")
