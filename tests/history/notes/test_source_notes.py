"""Before a run, a person reads which rows are left out or damaged, and which names look alike."""

from pathlib import Path

from pipeline.history.connectors.files import read_source
from pipeline.history.notes.source_notes import source_notes
from pipeline.history.quality_report import findings
from pipeline.history.typed_rows import needed_columns
from tests.conftest import process_of
from tests.support.definitions import Make, PlainData
from tests.support.raw_files import history_of


def notes(definition: PlainData, folder: Path) -> list[str]:
    process = process_of(definition)
    sources = process.sources.items()
    read = {name: read_source(name, source, folder, needed_columns(name, source, process)) for name, source in sources}
    return source_notes(process, read)


def test_source_notes__a_filter_is_named_with_its_bias(small: Make, tmp_path: Path) -> None:
    header = "batch,product,volume,temperature,titre,status"
    lines = ["B1,P,1,36,1,released", "B2,P,1,36,1,rejected", "B3,P,1,36,1,rejected"]
    (tmp_path / "batches.csv").write_text("\n".join([header, *lines]) + "\n")
    definition = small()
    definition["sources"]["batches"]["rows"] = {"column": "status", "are": ["released"]}
    (note,) = notes(definition, tmp_path)
    assert note.startswith(
        "Source 'batches': 2 rows are left out by `rows`: 'status' is not 'released' ('rejected' 2 times). If"
    )
    assert "their predictions are too good" in note
    assert note in findings(process_of(definition), history_of(definition, tmp_path))


def test_source_notes__damaged_lines_and_look_alikes_are_named(small: Make, tmp_path: Path) -> None:
    lines = ["batch,product,volume,temperature,titre", "B1,P1,1,36,1", "B2,P1,1", "b1,P1,1,36,1", ""]
    (tmp_path / "batches.csv").write_text("\n".join(lines) + "\n")
    damaged, alike = notes(small(), tmp_path)
    assert damaged.startswith("Source 'batches': 1 row is set aside: batches.csv, row 3: the line has 3 cells")
    assert alike.startswith("batch: 'B1' and 'b1' look alike")


def test_source_notes__say_nothing_of_a_sound_file(small: Make, tmp_path: Path) -> None:
    (tmp_path / "batches.csv").write_text("batch,product,volume,temperature,titre\nB1,P1,1,36,1\n")
    assert notes(small(), tmp_path) == []
