"""A panel: places, round ticks, and ranges with a margin."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pipeline.reports.figures.axes import Panel, around, ticks


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6), st.integers(3, 9))
def test_ticks__lie_inside_and_are_few(low: float, span: float, most: int) -> None:
    assume(span > 1e-9 * abs(low))
    found = ticks(low, low + span, most)
    assert 1 <= len(found) <= most
    assert all(low - 1e-6 * (abs(low) + span) <= tick <= low + span + 1e-6 * (abs(low) + span) for tick in found)


@pytest.mark.parametrize("values", [[7.0], [0.0, 0.0], [-3.0, -3.0], [1.0, 2.0]])
def test_around__is_a_range_around_all_values(values: list[float]) -> None:
    low, high = around(values)
    assert low < min(values) <= max(values) < high


def test_panel__draws_a_value_outside_at_the_edge() -> None:
    panel = Panel(0, 100, 0, 50, 0.0, 10.0, 0.0, 5.0)
    assert (panel.x(5.0), panel.y(2.5), panel.y(99.0), panel.y(-1.0)) == (50.0, 25.0, 0.0, 50.0)
