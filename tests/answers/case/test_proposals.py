"""Proposals in a folder, good ones beside damaged ones."""

import re
from pathlib import Path

import pytest
import yaml

from pipeline.answers.case.proposals import find_proposals, read_proposal
from pipeline.domain.errors import ScalebridgeError

DEFINED = ("pot", "kettle")
GIVEN = {"name": "P to 100 L", "process": "pot", "product": "P", "scale": "100 L"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "proposals"
    made.mkdir()
    for name in ("a.yaml", "b.yml", "C to 100 L (2) [new].YAML"):
        _write(made / name)
    _write(made / "kettle.yaml", process="kettle")
    return made


def _write(path: Path, **changes: object) -> None:
    path.write_text(yaml.safe_dump(GIVEN | changes), encoding="utf-8")


def test_find_proposals__reads_yaml_and_yml_about_the_process(folder: Path) -> None:
    found = find_proposals(folder, "pot", DEFINED)
    assert [path.name for path in found.proposals] == ["C to 100 L (2) [new].YAML", "a.yaml", "b.yml"]
    assert not found.refused
    assert {one.name for one in found.proposals.values()} == {"P to 100 L"}


def test_find_proposals__names_what_it_leaves_out(folder: Path) -> None:
    (folder / "notes.txt").write_text("x", encoding="utf-8")
    (folder / "old").mkdir()
    _write(folder / ".a.yaml")
    (folder / ".gitignore").write_text("x", encoding="utf-8")
    first, second = find_proposals(folder, "pot", DEFINED).notes()
    assert first.endswith(": .a.yaml, notes.txt, old")
    assert second.endswith("about another process: kettle.yaml (kettle)")


def test_find_proposals__a_missing_folder_holds_none(tmp_path: Path) -> None:
    found = find_proposals(tmp_path / "nowhere", "pot", DEFINED)
    assert not found.proposals
    assert found.notes() == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "x.yaml is empty; it must hold keys and values"),
        (b"- a\n- b\n", "must hold keys and values at its top level, such as `name: …`, not a list"),
        (b"just words", "not the single value 'just words'"),
        (b"\x00\x01\x02\xff" * 50, "x.yaml, line "),
        ("name: für\n".encode("cp1252"), "line 1, column 8: the byte 0xFC"),
        (b"#" * 1_100_000, "has 1,100,000 bytes"),
        (b"name: a\nname: b\n", "line 2, column 1: the key 'name' occurs twice"),
        (b"process: [pot]\n", "line 1, process: a text is needed, not a list"),
        (b"name: a\n", "process: Field required"),
    ],
)
def test_find_proposals__one_bad_file_is_one_sentence(folder: Path, content: bytes, sentence: str) -> None:
    (folder / "x.yaml").write_bytes(content)
    found = find_proposals(folder, "pot", DEFINED)
    assert [path.name for path in found.refused] == ["x.yaml"]
    assert sentence in found.refused[folder / "x.yaml"]
    assert len(found.proposals) == 3


def test_find_proposals__a_folder_and_a_broken_link_with_the_ending_are_sentences(folder: Path) -> None:
    (folder / "d.yaml").mkdir()
    (folder / "e.yaml").symlink_to(folder / "nowhere.yaml")
    refused = find_proposals(folder, "pot", DEFINED).refused
    assert "is a folder, not a file" in refused[folder / "d.yaml"]
    assert "does not exist" in refused[folder / "e.yaml"]


def test_find_proposals__a_link_out_of_the_folder_is_refused(folder: Path, tmp_path: Path) -> None:
    _write(tmp_path / "outside.yaml")
    (folder / "link.yaml").symlink_to(tmp_path / "outside.yaml")
    assert "is a link to" in find_proposals(folder, "pot", DEFINED).refused[folder / "link.yaml"]


@pytest.mark.parametrize("name", ["a.yml", "A.yaml"])
def test_find_proposals__two_files_never_share_a_folder_of_answers(folder: Path, name: str) -> None:
    _write(folder / name)
    found = find_proposals(folder, "pot", DEFINED)
    assert len(found.proposals) == 3
    ((_, sentence),) = found.refused.items()
    assert "would have its answer in the folder of another proposal" in sentence


@pytest.mark.parametrize("name", ["a%2e.yaml", "x\x1b[31m.yaml", "nul.yaml", "x .yaml"])
def test_find_proposals__a_name_that_no_folder_can_have_is_refused(folder: Path, name: str) -> None:
    _write(folder / name)
    (sentence,) = find_proposals(folder, "pot", DEFINED).refused.values()
    assert "cannot give its name to a folder of answers" in sentence
    assert "\x1b" not in sentence


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"scale": "inf L"}, "scale: 'inf L' is not a number with a unit"),
        ({"scale": "1_0 L"}, "scale: '1_0 L' is not a number with a unit"),
        ({"scale": "yes"}, "scale: 'yes' is not a number"),
        ({"scale": True}, "scale: true is no number"),
        ({"scale": [1]}, "scale: a text or a number is needed, not a list"),
        ({"reference_scale": "nan L"}, "reference_scale: 'nan L' is not a number"),
        ({"tolerances": {"agitation": "nan rpm"}}, "tolerances.agitation: 'nan rpm' is not a number"),
        ({"tolerances": {"agitation": {"sd": "010 rpm"}}}, "tolerances.agitation.sd: '010 rpm' is not a number"),
        ({"limits": {"agitation": ["0x1F rpm", 5]}}, "limits.agitation.0: '0x1F rpm' is not a number"),
        ({"limits": {"agitation": [1]}}, "limits.agitation"),
        ({"lots": {"media": [{"lot": "L1", "fraction": "0_5"}]}}, "lots.media.0.fraction"),
        ({"lots": {"media": [{"lot": "L1", "fraction": True}]}}, "lots.media.0.fraction: true is no number"),
        ({"settings": {"agitation": False}}, "settings.agitation: false is no number"),
        ({"product": 17}, "product: a text is needed, not 17; write it in quotes: '17'"),
        ({"product": " "}, "product: the text has 0 characters"),
        ({"name": "x" * 501}, "name: the text has 501 characters; write between 1 and 500"),
        ({"sclae": "5 L"}, "sclae: Unexpected keyword argument"),
    ],
)
def test_read_proposal__names_line_field_and_value(tmp_path: Path, changes: dict[str, object], sentence: str) -> None:
    _write(tmp_path / "x.yaml", **changes)
    with pytest.raises(ScalebridgeError) as raised:
        read_proposal(tmp_path / "x.yaml")
    assert sentence in str(raised.value)
    assert "line " in str(raised.value)


@pytest.mark.parametrize("process", ["kettel", "Pot", "pot ", "../pot", "\u202epot"])
def test_find_proposals__a_process_that_is_not_defined_is_refused(folder: Path, process: str) -> None:
    _write(folder / "x.yaml", process=process)
    found = find_proposals(folder, "pot", DEFINED)
    assert list(found.refused) == [folder / "x.yaml"]
    words = r"line 2: there is no process .*; processes are kettle, pot.* the name, or move the file"
    assert re.search(words, found.refused[folder / "x.yaml"])
    assert ("Is 'kettle' meant?" in found.refused[folder / "x.yaml"]) == (process == "kettel")
