"""The origin of a project follows each file that training reads or writes."""

import pytest

from pipeline.domain.places import Places
from pipeline.publication.current_origin import KEYS, origin_now
from pipeline.publication.origin import read_origin
from tests.support.project import copy_of


def test_origin__of_a_finished_run_is_the_one_on_record(project: Places) -> None:
    now = origin_now(project)
    assert now == read_origin(project.origin)
    assert set(now.data) == {"features.parquet", "folds.parquet", "history/results.parquet", "history/ledger.parquet"}
    assert set(now.configuration) == set(KEYS)
    assert {"model/about.json", "model/titre.model.json", "forecasts.parquet"} <= set(now.written)


@pytest.mark.parametrize("place", ["features", "results", "ledger", "folds", "forecasts", "calibrations"])
def test_origin__follows_every_file(project: Places, tmp_path_factory: pytest.TempPathFactory, place: str) -> None:
    places = copy_of(project, tmp_path_factory.mktemp("copy"))
    before = origin_now(places)
    getattr(places, place).write_bytes(b"other")
    assert origin_now(places) != before
    getattr(places, place).unlink()
    assert "missing" in {*origin_now(places).data.values(), *origin_now(places).written.values()}
