"""The ledger keeps the first acceptance limits of each set of forecasts, whatever happens to the program."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.assessment.acceptance_ledger import (
    AcceptanceConfig,
    enter,
    entry_for,
    limits_hash,
    limits_of,
    parsed_entry,
    read_ledger,
)
from pipeline.domain.errors import ScalebridgeError

FIRST, LATER = AcceptanceConfig(least_skill=0.1), AcceptanceConfig(least_skill=-0.5)


def test_entry__of_known_forecasts_keeps_their_first_limits(tmp_path: Path) -> None:
    file = tmp_path / "ledger.jsonl"
    entry = entry_for("f1", FIRST, read_ledger(file))
    enter(file, entry)
    before = file.read_bytes()
    again = entry_for("f1", LATER, read_ledger(file))
    assert limits_of(again, "f1", read_ledger(file)) == FIRST
    enter(file, entry_for("f1", LATER, []))
    assert file.read_bytes() == before


def test_entry__of_new_forecasts_has_the_limits_of_the_configuration(tmp_path: Path) -> None:
    file = tmp_path / "ledger.jsonl"
    for forecasts, limits in (("f1", FIRST), ("f2", LATER)):
        enter(file, entry_for(forecasts, limits, read_ledger(file)))
    assert [limits_of(entry, entry.forecasts_sha256, read_ledger(file)) for entry in read_ledger(file)] == [FIRST, LATER]


def test_ledger__after_a_kill_in_the_middle_of_a_line_keeps_all_others(tmp_path: Path) -> None:
    file = tmp_path / "ledger.jsonl"
    enter(file, entry_for("f1", FIRST, []))
    whole = file.read_bytes()
    second = entry_for("f2", LATER, []).as_text().encode() + b"\n"
    for end in range(len(second) - 1):
        file.write_bytes(whole + second[:end])
        assert [entry.forecasts_sha256 for entry in read_ledger(file)] == ["f1"]
        enter(file, entry_for("f2", LATER, read_ledger(file)))
        assert file.read_bytes() == whole + second


def test_ledger__a_whole_last_line_without_a_line_end_is_read_and_kept(tmp_path: Path) -> None:
    """An editor may remove the last line end."""
    file = tmp_path / "ledger.jsonl"
    enter(file, entry_for("f1", FIRST, []))
    file.write_bytes(file.read_bytes().removesuffix(b"\n"))
    assert [entry.forecasts_sha256 for entry in read_ledger(file)] == ["f1"]
    enter(file, entry_for("f2", LATER, []))
    assert [entry.forecasts_sha256 for entry in read_ledger(file)] == ["f1", "f2"]


def test_ledger__after_a_change_of_any_byte_is_refused_or_has_no_such_forecasts(tmp_path: Path) -> None:
    file = tmp_path / "ledger.jsonl"
    entry = entry_for("f1", FIRST, [])
    enter(file, entry)
    whole = file.read_bytes()
    for place in range(len(whole)):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 0x81]) + whole[place + 1 :])
        with pytest.raises(ScalebridgeError):
            limits_of(entry, "f1", read_ledger(file))
        file.write_bytes(whole[:place] + b"5" + whole[place + 1 :])
        if whole[place : place + 1] != b"5":
            with pytest.raises(ScalebridgeError):
                limits_of(entry, "f1", read_ledger(file))


def test_ledger__a_folder_or_a_dangling_link_in_its_place_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name, words in (("folder", "is a folder, not a file"), ("link", "does not exist")):
        with pytest.raises(ScalebridgeError, match=words):
            read_ledger(tmp_path / name)


def test_ledger__a_line_that_is_no_entry_is_named(tmp_path: Path) -> None:
    file = tmp_path / "ledger.jsonl"
    for text, words in (("x\n", "line 1 is not JSON"), ("{}\n", "line 1 is not valid")):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(ScalebridgeError, match=words):
            read_ledger(file)


def test_hash__does_not_depend_on_whether_a_default_is_stated() -> None:
    assert limits_hash(AcceptanceConfig()) == limits_hash(AcceptanceConfig(least_skill=0.0))
    assert limits_hash(FIRST) != limits_hash(LATER)


def test_entry__is_read_as_it_was_written() -> None:
    entry = entry_for("f1", FIRST, [])
    assert parsed_entry(entry.as_text(), "here") == entry


def test_limits__of_other_forecasts_or_changed_by_hand_are_refused() -> None:
    entry = entry_for("f1", FIRST, [])
    with pytest.raises(ScalebridgeError, match="other forecasts"):
        limits_of(entry, "f2", [])
    changed = replace(entry, limits={**entry.limits, "least_skill": -1.0})
    with pytest.raises(ScalebridgeError, match="changed by hand"):
        limits_of(changed, "f1", [changed])


def test_limits__that_are_not_those_in_the_ledger_are_refused() -> None:
    entry = entry_for("f1", LATER, [])
    assert limits_of(entry, "f1", [entry]) == LATER
    with pytest.raises(
        ScalebridgeError, match=r"has 0 entries and none for the forecasts of this run.*Restore the ledger from git"
    ):
        limits_of(entry, "f1", [])
    with pytest.raises(ScalebridgeError, match="differ from those in the ledger, which were fixed before"):
        limits_of(entry, "f1", [entry_for("f1", FIRST, [])])
