"""The reference case that comes with the package."""

import yaml

from pipeline.qualification.reference_case import EXPECTED, FOLDER, PROPOSAL, expected


def test_expected__is_what_the_file_says() -> None:
    stated = yaml.safe_load((FOLDER / EXPECTED).read_text(encoding="utf-8"))
    found = expected()
    assert found.answer == stated["answer"]
    assert found.rows["rows_read"] == found.rows["rows_valid"] + found.rows["rows_quarantined"]
    assert 0 < found.relative_tolerance <= 0.001


def test_reference__has_the_files_of_a_project_and_one_wrong_row() -> None:
    for name in ("params.yaml", "conf/config.yaml", "conf/process/pot.yaml", f"data/proposals/{PROPOSAL}"):
        assert (FOLDER / name).is_file()
    lines = (FOLDER / "data/raw/pot" / expected().set_aside.file).read_text(encoding="utf-8").splitlines()
    assert expected().set_aside.value in lines[expected().set_aside.row - 1].split(",")
