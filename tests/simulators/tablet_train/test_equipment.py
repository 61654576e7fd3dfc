"""Machines: proportions, and which one a batch goes to."""

import polars as pl
import pytest

from pipeline.simulators.tablet_train.equipment import MACHINES, smallest, table


def test_machines__have_names_of_their_own() -> None:
    names = [machine.name for machines in MACHINES.values() for machine in machines]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("kind", list(MACHINES))
def test_table__larger_machines_of_a_site_hold_more(kind: str) -> None:
    rows = table(kind)
    size = {"granulator": "bowl_volume", "dryer": "bed_diameter", "mill": "rotor_diameter", "blender": "blender_volume"}.get(
        kind, "pitch_circle" if kind == "press" else "pan_volume"
    )
    for _, own in rows.group_by("site"):
        assert own.sort("capacity")[size].is_sorted()


def test_smallest__holds_the_amount() -> None:
    assert smallest("granulator", "Leeds", 11.0) == "HS-50"
    assert smallest("pan", "Porto", 1000.0) == "PC-48"


def test_granulators__blades_nearly_span_the_bowl() -> None:
    rows = table("granulator").with_columns(bowl=(pl.col("bowl_volume") / 0.60) ** (1 / 3))
    assert (rows["impeller_diameter"] < rows["bowl"]).all()
