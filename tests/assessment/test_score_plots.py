"""The pictures of the scores show the numbers that were scored, in the units of the attribute."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import polars as pl
import pytest

from pipeline.assessment.score_plots import coverage_figure, draw_scores, predicted_against_observed, skill_figure
from pipeline.domain.units import unit

matplotlib.use("Agg")
LEVELS = (0.8, 0.9, 0.95)


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """The figures that a function drew and closed, in order."""
    import matplotlib.pyplot as plt

    kept: list[Any] = []
    close = plt.close
    monkeypatch.setattr(plt, "close", kept.append)
    yield kept
    for figure in kept:
        close(figure)


def _predictions() -> pl.DataFrame:
    """Temperatures [K] at two scales, under two protocols; the second protocol has the larger scale alone."""
    return pl.DataFrame(
        {
            "protocol": ["largest_scale_out", "leave_product_out", "leave_product_out"],
            "scale_level": [2.0, 0.005, 2.0],
            "observed": [310.15, 309.15, 311.15],
            "predicted": [310.65, 309.65, 310.15],
            "lower_90": [309.15, 308.15, 309.15],
            "upper_90": [312.15, 311.15, 311.15],
        }
    )


def _scores(**changes: list[float | None]) -> pl.DataFrame:
    """Pooled scores of two attributes under two protocols, and one line of a product that no picture shows."""
    columns: dict[str, Any] = {
        "protocol": ["p", "p", "q", "q", "q"],
        "cqa": ["hmw", "titre", "hmw", "titre", "titre"],
        "product": ["all", "all", "all", "all", "P1"],
        "skill_carry_over": [0.25, -9.0, 0.5, -0.125, 0.99],
        "skill_carry_over_low": [0.0, -20.0, None, -0.5, 0.9],
        "skill_carry_over_high": [0.5, -2.0, None, 0.25, 1.0],
        "coverage_80": [0.75, 0.8, 0.85, 0.9, 0.0],
        "coverage_90": [0.875, 0.9, 0.95, 1.0, 0.0],
        "coverage_95": [0.9375, 0.95, 0.975, 1.0, 0.0],
    }
    return pl.DataFrame(columns | changes)


def _points(axes: Any) -> list[tuple[float, float]]:
    return [tuple(point) for marks in _scatters(axes) for point in np.round(np.asarray(marks.get_offsets()), 9).tolist()]


def _scatters(axes: Any) -> list[Any]:
    return [marks for marks in axes.collections if len(marks.get_offsets()) and marks.get_label()[0] != "_"]


def test_predicted_against_observed__has_one_panel_per_protocol_in_display_units(figures: list[Any], tmp_path: Path) -> None:
    predicted_against_observed(_predictions(), "temperature", unit("degC"), unit("L"), tmp_path / "new" / "t.png")
    first, second = figures[0].axes
    assert [axes.get_title(loc="left") for axes in (first, second)] == ["largest scale out", "leave product out"]
    assert _points(first) == [(37.0, 37.5)]
    assert _points(second) == [(36.0, 36.5), (38.0, 37.0)]
    assert "temperature" in first.get_xlabel()
    assert (tmp_path / "new" / "t.png").stat().st_size > 0


def test_predicted_against_observed__draws_the_interval_of_each_batch(figures: list[Any], tmp_path: Path) -> None:
    predicted_against_observed(_predictions(), "temperature", unit("degC"), unit("L"), tmp_path / "t.png")
    bars = [
        line for marks in figures[0].axes[1].collections if hasattr(marks, "get_segments") for line in marks.get_segments()
    ]
    ends = [tuple(np.round(line, 9).ravel().tolist()) for line in bars]
    assert ends == [(36.0, 35.0, 36.0, 38.0), (38.0, 36.0, 38.0, 38.0)]


def test_predicted_against_observed__the_diagonal_spans_all_that_is_shown(figures: list[Any], tmp_path: Path) -> None:
    predicted_against_observed(_predictions(), "temperature", unit("degC"), unit("L"), tmp_path / "t.png")
    diagonal = figures[0].axes[1].lines[0]
    assert np.allclose(diagonal.get_xdata(), [36.0, 38.0])
    assert np.allclose(diagonal.get_ydata(), [36.0, 38.0])


def test_predicted_against_observed__a_scale_has_one_colour_in_all_panels_and_its_size_in_the_legend(
    figures: list[Any], tmp_path: Path
) -> None:
    predicted_against_observed(_predictions(), "temperature", unit("degC"), unit("L"), tmp_path / "t.png")
    [legend] = figures[0].legends
    assert [text.get_text() for text in legend.get_texts()] == ["5 L", "2,000 L"]
    colours = [
        {marks.get_label(): tuple(marks.get_facecolor()[0]) for marks in _scatters(axes)}["2,000 L"]
        for axes in figures[0].axes
    ]
    assert colours[0] == colours[1]


def test_skill_figure__marks_every_attribute_under_every_protocol(figures: list[Any], tmp_path: Path) -> None:
    skill_figure(_scores(), tmp_path / "skill.png")
    [axes] = figures[0].axes
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["titre", "hmw"]
    found = {marks.get_label(): {round(y): x for x, y in np.asarray(marks.get_offsets())} for marks in _scatters(axes)}
    assert found == {"p": {0: -1.5, 1: 0.25}, "q": {0: -0.125, 1: 0.5}}  # 0: titre; −9 is cut at −1.5


def test_skill_figure__more_protocols_than_colours_differ_and_stay_in_their_row(figures: list[Any], tmp_path: Path) -> None:
    one = _scores().filter(pl.col("product") == "all").filter(pl.col("cqa") == "hmw").head(1)
    skill_figure(pl.concat([one.with_columns(pl.lit(f"p{n}").alias("protocol")) for n in range(9)]), tmp_path / "skill.png")
    marks = _scatters(figures[0].axes[0])
    looks = {(tuple(one.get_facecolor()[0]), one.get_paths()[0].vertices.tobytes()) for one in marks}
    assert len(looks) == len(marks) == 9
    assert all(abs(y) < 0.5 for one in marks for _, y in np.asarray(one.get_offsets()))


def test_skill_figure__an_interval_that_is_not_known_is_not_drawn(figures: list[Any], tmp_path: Path) -> None:
    skill_figure(_scores(), tmp_path / "skill.png")
    bars = [marks.get_segments() for marks in figures[0].axes[0].collections if hasattr(marks, "get_segments")]
    ends = [sorted((line[0][0], line[1][0]) for line in lines if len(line)) for lines in bars]
    assert ends == [[(-1.5, -1.5), (0.0, 0.5)], [(-0.5, 0.25)]]


def test_coverage_figure__sets_the_share_covered_against_the_level(figures: list[Any], tmp_path: Path) -> None:
    coverage_figure(_scores(), LEVELS, tmp_path / "coverage.png")
    first, second = figures[0].axes
    lines = {line.get_label(): list(line.get_ydata()) for line in first.lines if line.get_linestyle() == "-"}
    assert lines == {"hmw": [0.75, 0.875, 0.9375], "titre": [0.8, 0.9, 0.95]}
    assert all(list(line.get_xdata()) == list(LEVELS) for line in second.lines if line.get_linestyle() == "-")
    ideal = [line for line in first.lines if line.get_linestyle() == "--"]
    assert [list(line.get_xdata()) == list(line.get_ydata()) for line in ideal] == [True]
    assert [axes.get_title() for axes in (first, second)] == ["p", "q"]


def test_coverage_figure__more_attributes_than_colours_are_all_drawn(figures: list[Any], tmp_path: Path) -> None:
    names = [f"cqa {i:02d}" for i in range(9)]
    table = pl.DataFrame({"protocol": "p", "cqa": names, "product": "all", "coverage_90": [i / 9 for i in range(9)]})
    coverage_figure(table, (0.9,), tmp_path / "coverage.png")
    lines = [line for line in figures[0].axes[0].lines if line.get_linestyle() == "-"]
    assert [line.get_label() for line in lines] == names


def test_pictures__are_the_same_again(tmp_path: Path) -> None:
    for name in ("a", "b"):
        skill_figure(_scores(), tmp_path / name / "skill.png")
        coverage_figure(_scores(), LEVELS, tmp_path / name / "coverage.png")
        predicted_against_observed(_predictions(), "t", unit("degC"), unit("L"), tmp_path / name / "t.png")
    first, again = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("a", "b"))
    assert first == again
    assert set(first) == {"skill.png", "coverage.png", "t.png"}


def test_draw_scores__without_scores_makes_an_empty_folder(tmp_path: Path) -> None:
    empty = _scores().clear()
    draw_scores(empty, _predictions().clear(), {"titre": unit("g/L")}, unit("L"), (0.9,), tmp_path / "plots")
    assert list((tmp_path / "plots").iterdir()) == []
