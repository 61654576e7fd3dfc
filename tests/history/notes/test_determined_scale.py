"""A grouping whose levels determine the scale is named in one sentence."""

from pathlib import Path

import pytest

from pipeline.history.notes.determined_scale import determined_scale_notes
from pipeline.history.quality.findings import findings
from tests.conftest import process_of
from tests.support.definitions import Make
from tests.support.quality import CPP
from tests.support.raw_files import history_of


def notes(definition: Make, folder: Path, vessels: str, scales: list[float]) -> list[str]:
    lines = [f"B{i},P{i % 2},{scale},36,1,{vessel}" for i, (vessel, scale) in enumerate(zip(vessels, scales, strict=True))]
    (folder / "batches.csv").write_text("\n".join(["batch,product,volume,temperature,titre,vessel", *lines]) + "\n")
    made = definition(groupings={"product": {}, "vessel": {}}, equipment="vessel")
    made["attributes"]["vessel"] = CPP | {"role": "identifier", "kind": "text", "column": "batches.vessel"}
    process, history = process_of(made), history_of(made, folder)
    found = determined_scale_notes(process, history)
    assert [sentence for sentence in findings(process, history) if "Grouping" in sentence] == found
    return found


@pytest.mark.parametrize(
    ("vessels", "scales", "use"),
    [
        ("AABB", [1, 1, 50, 50], "With fewer than 5 scales, the hierarchical model does not use the grouping"),
        ("ABCDE", [1, 5, 20, 100, 500], "A new level at a new scale gets the effect 0"),
    ],
)
def test_notes__name_a_vessel_per_size(small: Make, tmp_path: Path, vessels: str, scales: list[float], use: str) -> None:
    (sentence,) = notes(small, tmp_path, vessels, scales)
    assert sentence.startswith("Grouping 'vessel' determines the scale: each level has one scale")
    assert use in sentence


def test_notes__are_none_for_several_vessels_per_size(small: Make, tmp_path: Path) -> None:
    assert notes(small, tmp_path, "ABCD", [1, 1, 50, 50]) == []
