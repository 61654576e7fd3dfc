"""Pictures of the scores of the monitor."""

from pathlib import Path
from typing import Any

import matplotlib
import polars as pl
import pytest

from pipeline.assessment.monitoring_plots import draw_monitoring
from pipeline.assessment.monitoring_scores import HIDDEN, LOGGED, SCHEMA

matplotlib.use("Agg")


def _hidden(kind: str, largest: list[float]) -> pl.DataFrame:
    rows = [{"batch_id": str(i), "role": HIDDEN, "shift": kind, "largest": one} for i, one in enumerate(largest)]
    return pl.DataFrame(rows, schema=SCHEMA)


def _logged(delay: float | None, cause: str) -> pl.DataFrame:
    return pl.DataFrame([{"batch_id": "L", "role": LOGGED, "cause": cause, "delay": delay}], schema=SCHEMA)


def test_pictures__are_of_hidden_batches_and_of_delays(tmp_path: Path) -> None:
    draw_monitoring(pl.concat([_hidden("next_batch", [0.1, 0.5, 2.0, 0.0]), _logged(3.0, "pump")]), tmp_path / "plots")
    assert {path.name for path in (tmp_path / "plots").iterdir()} == {"false_alarms.png", "delays.png"}


def test_pictures__are_not_drawn_where_there_is_nothing_to_show(tmp_path: Path) -> None:
    draw_monitoring(pl.DataFrame(schema=SCHEMA), tmp_path / "none")
    assert list((tmp_path / "none").iterdir()) == []
    draw_monitoring(_logged(None, "pump"), tmp_path / "found nothing")
    assert list((tmp_path / "found nothing").iterdir()) == []


def test_false_alarms__show_the_share_of_batches_above_each_score(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import matplotlib.pyplot as plt

    kept: list[Any] = []
    close = plt.close
    monkeypatch.setattr(plt, "close", kept.append)
    draw_monitoring(pl.concat([_hidden("next_batch", [0.5, 2.0, 1.0, 0.25]), _hidden("new_scale", [3.0])]), tmp_path)
    (axes,) = kept[0].axes
    lines = {line.get_label(): line for line in axes.lines}
    first = lines["next batch: 4 batches"]
    assert first.get_xdata().tolist() == [2, 1, 0.5, 0.25]
    assert first.get_ydata().tolist() == [25, 50, 75, 100]
    assert "new scale: 1 batches" in lines
    assert "[%]" in axes.get_ylabel()
    labels = [label.get_text() for label in (*axes.get_xticklabels(), *axes.get_xticklabels(minor=True))]
    assert {"0.1", "1"} <= set(labels)
    assert not any("$" in label for label in labels)
    close(kept[0])


def test_delays__of_many_causes_are_drawn(tmp_path: Path) -> None:
    draw_monitoring(pl.concat([_logged(float(i), f"cause {i}") for i in range(9)]), tmp_path)
    assert (tmp_path / "delays.png").stat().st_size > 0


def test_false_alarms__of_more_kinds_than_line_styles_are_drawn(tmp_path: Path) -> None:
    kinds = ("next_batch", "new_scale", "new_lineage", "beyond_scale", "new_place")
    draw_monitoring(pl.concat([_hidden(kind, [0.5, 1.5]) for kind in kinds]), tmp_path)
    assert (tmp_path / "false_alarms.png").stat().st_size > 0
