"""Each requirement names tests that exist, and checks that are made."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from pipeline.qualification import installation, operation
from pipeline.qualification.requirements import requirements

ROOT = Path(__file__).parents[2]
REQUIREMENTS = requirements()


@cache
def _tests(file: str) -> set[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("key", REQUIREMENTS)
def test_requirements__name_tests_that_exist(key: str) -> None:
    for test in REQUIREMENTS[key].tests:
        file, _, name = test.partition("::")
        assert (ROOT / file).is_file(), test
        assert name in _tests(file), test


def test_requirements__name_checks_that_are_made() -> None:
    modules = (installation.__file__, operation.__file__)
    made = set(re.findall(r'"([IOP][QR]-\d\d)"', "".join(Path(file).read_text(encoding="utf-8") for file in modules)))
    made.add("PR-02")  # the first answer of a project
    assert {check for one in REQUIREMENTS.values() for check in one.checks} <= made


def test_requirements__have_a_text_that_is_a_sentence_and_a_test() -> None:
    assert len(REQUIREMENTS) >= 25
    assert list(REQUIREMENTS) == [f"UR-{number:02d}" for number in range(1, len(REQUIREMENTS) + 1)]
    assert all(one.text.endswith(".") and one.tests for one in REQUIREMENTS.values())
