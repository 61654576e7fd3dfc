"""The names in a process definition."""

import re

import pytest

from pipeline.domain.errors import ScalebridgeError
from tests.conftest import process_of
from tests.support.definitions import Make, PlainData


def _renamed(definition: PlainData, old: str, new: str) -> PlainData:
    return definition | {"attributes": {(new if key == old else key): one for key, one in definition["attributes"].items()}}


@pytest.mark.parametrize(
    ("name", "instead"), [("titre (g/L)", "titre_g_L"), ("HMW % [SEC]", "HMW_SEC"), ("../titre", "titre"), ("con", "name")]
)
def test_attribute_name__that_cannot_be_a_file_or_a_metric_is_refused_with_a_proposal(
    small: Make, name: str, instead: str
) -> None:
    wanted = f"(?s)attribute name '{re.escape(name)}' is not allowed: .*write for example '{instead}'.*`display` may hold any text"
    with pytest.raises(ScalebridgeError, match=wanted):
        process_of(_renamed(small(), "titre", name))


@pytest.mark.parametrize("key", ["sources", "materials", "operations"])
def test_other_names__are_checked_too(small: Make, key: str) -> None:
    one = {
        "sources": {"gives": "batches", "files": ["b.csv"]},
        "materials": {},
        "operations": {"kind": "coating", "inputs": {}},
    }[key]
    kind = key.removesuffix("s")
    with pytest.raises(ScalebridgeError, match=f"the {kind} name '../x' is not allowed: it holds '/'"):
        process_of(small(**{key: {**small().get(key, {}), "../x": one}}))


def test_process_name__is_checked(small: Make) -> None:
    with pytest.raises(ScalebridgeError, match=r"the process name '\.\./\.\./x' is not allowed"):
        process_of(small(name="../../x"))


def test_names__that_differ_in_case_alone_are_refused(small: Make) -> None:
    definition = small()
    definition["attributes"] |= {"Titre": definition["attributes"]["titre"]}
    with pytest.raises(ScalebridgeError, match="attribute names 'titre' and 'Titre' differ only in case"):
        process_of(definition)


@pytest.mark.parametrize("name", ["log10_scale", "censoring", "observed", "_file"])
def test_attribute_name__of_a_column_that_the_program_makes_is_refused(small: Make, name: str) -> None:
    with pytest.raises(ScalebridgeError, match=f"the attribute name '{name}' is"):
        process_of(_renamed(small(), "temperature", name))


def test_attribute_name__of_the_lots_of_a_material_is_refused(small: Make) -> None:
    definition = _renamed(small(materials={"media": {}}), "temperature", "media_lot")
    with pytest.raises(ScalebridgeError, match="'media_lot' is reserved for the lots of the material 'media'"):
        process_of(definition)


@pytest.mark.parametrize(
    "text", ["titre (g/L)", "HMW % [SEC]", "[bold]", "<script>", "{P7}", "\x1b[31mred", "a\u202eb", "../x"]
)
def test_display_name__may_be_any_line_of_text(small: Make, text: str) -> None:
    definition = small()
    definition["attributes"]["titre"]["display"] = text
    assert process_of(definition).display_name("titre") == text


@pytest.mark.parametrize("pattern", ["../secret.csv", "/etc/passwd", "C:/x.csv", "a\\b.csv", ""])
def test_files__of_a_source_stay_below_the_folder_of_the_raw_files(small: Make, pattern: str) -> None:
    with pytest.raises(ScalebridgeError, match=r"is not a file below data/raw/<process>/: it "):
        process_of(small(sources={"batches": {"gives": "batches", "files": [pattern]}}))
