"""The gate on line coverage: `python -m tests.support.line_coverage`, after `pytest --cov --cov-report=json`.

coverage.py has one limit, `fail_under`, on lines and branches together. Here lines have a limit, and branches are reported.
"""

import json
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def limit(pyproject: Path) -> float:
    """Smallest share of lines that the tests must run [%], as `pyproject.toml` says."""
    return float(tomllib.loads(pyproject.read_text(encoding="utf-8"))["tool"]["line-coverage"]["fail_under"])


def verdict(report: dict[str, Any], least: float) -> tuple[bool, str]:
    """Whether enough lines ran, and the numbers as text. Where too few did, the text names the files that miss most."""
    totals = report["totals"]
    lines, branches = totals["percent_statements_covered"], totals["percent_branches_covered"]
    passed = lines >= least
    text = (
        f"Lines covered: {lines:.2f} % of {totals['num_statements']} (at least {least:g} % are needed). "
        f"Branches covered: {branches:.2f} % of {totals['num_branches']}."
    )
    return passed, text if passed else "\n".join([text, "Files that miss most lines:", *_worst(report["files"])])


def _worst(files: dict[str, Any]) -> list[str]:
    missing = sorted(((entry["summary"]["missing_lines"], name) for name, entry in files.items()), reverse=True)
    return [f"  {count:4d} {name}" for count, name in missing[:10] if count]


def main() -> int:
    """Print the verdict on `coverage.json` of this project; the exit code is 1 where too few lines ran."""
    report = json.loads((ROOT / "coverage.json").read_text(encoding="utf-8"))
    passed, text = verdict(report, limit(ROOT / "pyproject.toml"))
    print(text)
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
