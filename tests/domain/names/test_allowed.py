"""Which names may become files, columns and metrics."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.names.allowed import LONGEST, alike, file_problem, name_problem, proposed_name


@pytest.mark.parametrize(
    "name", ["titre", "pCO2", "Ausbeute Stufe-2", "größe", "収率", "a.b", "24h_titre", "v1.2", "x" * LONGEST]
)
def test_name_problem__none_for_words_of_any_language(name: str) -> None:
    assert name_problem(name) is None


@pytest.mark.parametrize(
    "name",
    [
        *(
            "titre (g/L)",
            "HMW %",
            "HMW [SEC]",
            "../x",
            "a/b",
            "a\\b",
            "..",
            ".",
            "",
            " ",
            "a..b",
            ".hidden",
            "_file",
            "-x",
            "x.",
            "x ",
        ),
        *(
            "a  b",
            "CON",
            "nul",
            "com1",
            "LPT9.txt",
            "a:b",
            "a*b",
            "a?b",
            "<b>",
            "a|b",
            'a"b',
            "a'b",
            "a`b",
            "a$b",
            "a{b}",
            "a,b",
            "a#b",
        ),
        *(
            "a\nb",
            "a\tb",
            "a\x00b",
            "\x1b[31m",
            "a\u202eb",
            "a\u200bb",
            "a\u00a0b",
            "°C",
            "x" * (LONGEST + 1),
            "a\ud800",
            "gro\u0308ße",
        ),
    ],
)
def test_name_problem__says_why_a_name_is_not_allowed(name: str) -> None:
    assert name_problem(name)


@given(st.text())
def test_name_problem__what_it_allows_mlflow_and_file_systems_allow(name: str) -> None:
    if name_problem(name) is None:
        assert re.fullmatch(r"[\w.\- ]+", name)  # what MLflow allows in the name of a metric, on every system
        assert len(f"{name}.model.json".encode()) <= 255 or len(name.encode()) > LONGEST
        assert ".." not in name
        assert name == name.strip()


@given(st.text(max_size=200))
def test_proposed_name__is_allowed(name: str) -> None:
    assert name_problem(proposed_name(name)) is None


def test_alike__finds_names_that_are_one_file_on_some_computers() -> None:
    assert alike(["titre", "purity", "Titre", "größe", "gro\u0308ße"]) == [("titre", "Titre"), ("größe", "gro\u0308ße")]


@pytest.mark.parametrize("stem", ["mab to 2,000 L (2) [new]", "P1", "größe", "a.b", "a'b"])
def test_file_problem__none_for_the_names_that_people_give(stem: str) -> None:
    assert file_problem(stem) is None


@pytest.mark.parametrize(
    "stem",
    ["..", ".", "", "a/b", "a\\b", "a:b", "a%2e", "a\x1bb", "a\nb\x00", "nul", "x.", "x ", ".x", "ä" * 150, "a\u202eb"],
)
def test_file_problem__says_why_a_folder_cannot_have_the_name(stem: str) -> None:
    assert file_problem(stem)
