"""The trained monitor as text files."""

import json
from pathlib import Path

import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.monitoring.file_format import ABOUT, CHANNELS, EXPECTED, LIMITS, load_monitor, save_monitor, save_reason
from pipeline.monitoring.judging import judge
from tests.support.small_courses import POINTS, small_courses, trained_on, watched


def test_monitor__that_was_saved_gives_the_same_judgements(tmp_path: Path) -> None:
    made, trained = watched()
    save_monitor(trained.monitor, tmp_path)
    loaded = load_monitor(tmp_path, made.process)
    for batch in ("B000", "B030", "B033"):
        first, second = (judge(one, *made.of(batch), POINTS) for one in (trained.monitor, loaded))
        assert (first.status, first.scores, first.tags, first.causes) == (
            second.status,
            second.scores,
            second.tags,
            second.causes,
        )
        for one, other in zip((*first.planned, *first.expected), (*second.planned, *second.expected), strict=True):
            assert one.tag == other.tag
            assert (one.median == other.median).all()
            assert (one.upper == other.upper).all()
    assert loaded.trained_on == trained.monitor.trained_on


def test_monitor__without_a_log_or_an_agreement_is_saved_too(tmp_path: Path) -> None:
    made = small_courses(14, lengths=(12,))
    monitor = trained_on(made).monitor
    save_monitor(monitor, tmp_path)
    loaded = load_monitor(tmp_path, made.process)
    assert loaded.causes.names == ()
    row, own = made.of("B000")
    assert judge(monitor, row, own, 12).scores == judge(loaded, row, own, 12).scores


def test_load__of_a_missing_monitor_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ScalebridgeError, match=r"no trained monitor in .*; run `dvc repro` first"):
        load_monitor(tmp_path, watched()[0].process)


def test_load__of_a_process_that_cannot_be_watched_gives_the_reason(tmp_path: Path) -> None:
    save_reason("it has no series", tmp_path)
    with pytest.raises(ScalebridgeError, match="No batch can be watched: it has no series"):
        load_monitor(tmp_path, watched()[0].process)


@pytest.mark.parametrize("name", [ABOUT, LIMITS, CHANNELS, EXPECTED])
@pytest.mark.parametrize("damage", ["empty", "cut", "gone", "other"])
def test_load__of_a_damaged_monitor_is_a_sentence(tmp_path: Path, name: str, damage: str) -> None:
    save_monitor(watched()[1].monitor, tmp_path)
    path = tmp_path / name
    text = path.read_text(encoding="utf-8")
    if damage == "gone":
        path.unlink()
    else:
        path.write_text({"empty": "", "cut": text[: len(text) // 2], "other": '{"model": 1}'}[damage], encoding="utf-8")
    with pytest.raises(ScalebridgeError, match=r"monitor|" + name.replace(".", r"\.")):
        load_monitor(tmp_path, watched()[0].process)


@pytest.mark.parametrize(("name", "key"), [(ABOUT, "causes"), (LIMITS, "bands"), (CHANNELS, "sensors"), (EXPECTED, "levels")])
def test_load__of_a_monitor_without_a_part_names_the_part(tmp_path: Path, name: str, key: str) -> None:
    save_monitor(watched()[1].monitor, tmp_path)
    path = tmp_path / name
    saved = json.loads(path.read_text(encoding="utf-8"))
    del saved[key]
    path.write_text(json.dumps(saved), encoding="utf-8")
    with pytest.raises(ScalebridgeError, match=f"holds no monitor of this program .*{key}"):
        load_monitor(tmp_path, watched()[0].process)
