"""Tables of the benchmark of running batches."""

import polars as pl
from monitoring_report import monitoring_report


def _judged(place: str, alarm: float, number: int) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "seed": 1, "monitor": "ours", "place": place, "cause": "temperature excursion", "onset_hours": [100] * number,
            "alarm": alarm, "end": 300.0, "named": [["temperature excursion"]] * number, "product": "P",
        }
    )  # fmt: skip


def test_faults__at_known_scales_are_counted_apart_from_the_others() -> None:
    normal = pl.concat([_judged(place, float("nan"), 2) for place in ("known", "new", "beyond")]).with_columns(
        cause=pl.lit(None, dtype=pl.String)
    )
    table = pl.concat([normal, _judged("known", 101.0, 3), _judged("new", 150.0, 2), _judged("beyond", 150.0, 2)])
    rows = {
        one.caption: one.rows for one in monitoring_report(table).tables if one.caption.startswith(("Faults", "The same"))
    }
    [known, others] = (found[0] for found in rows.values())
    assert (known[1], known[3]) == (3, 1.0)
    assert (others[1], others[3]) == (4, 0.0)
