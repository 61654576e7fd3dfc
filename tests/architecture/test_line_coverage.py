"""The gate on line coverage looks at lines alone and says what is missing."""

from typing import Any

import pytest

from tests.support.line_coverage import ROOT, limit, verdict


def _report(lines: float, branches: float = 0.0) -> dict[str, Any]:
    totals = {"percent_statements_covered": lines, "percent_branches_covered": branches}
    files = {f"{name}.py": {"summary": {"missing_lines": missing}} for name, missing in (("a", 3), ("b", 12), ("c", 0))}
    return {"totals": totals | {"num_statements": 1000, "num_branches": 200}, "files": files}


@pytest.mark.parametrize(("lines", "passed"), [(89.99, False), (90.0, True), (100.0, True)])
def test_gate__holds_for_lines_whatever_the_branches(lines: float, passed: bool) -> None:
    assert verdict(_report(lines, branches=0.0), 90)[0] is passed
    assert verdict(_report(lines, branches=100.0), 90)[0] is passed


def test_gate__reports_both_numbers() -> None:
    text = verdict(_report(91.25, 73.4), 90)[1]
    assert text == "Lines covered: 91.25 % of 1000 (at least 90 % are needed). Branches covered: 73.40 % of 200."


def test_gate__names_the_files_that_miss_most() -> None:
    assert verdict(_report(50.0), 90)[1].splitlines()[1:] == ["Files that miss most lines:", "    12 b.py", "     3 a.py"]


def test_gate__is_ninety_percent() -> None:
    assert limit(ROOT / "pyproject.toml") == 90
