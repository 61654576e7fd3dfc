"""Compare the versions of ruff and mypy on the PATH with constraints.txt: the hooks of pre-commit and CI run the same ones."""

import re
import subprocess
import sys
from pathlib import Path

PROGRAMS = ("ruff", "mypy")
CONSTRAINTS = Path(__file__).parents[1] / "constraints.txt"


def pinned() -> dict[str, str]:
    """Return the version of each package in constraints.txt."""
    lines = CONSTRAINTS.read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines if "==" in line and not line.startswith("#"))


def installed(program: str) -> str:
    """Return the version that a program on the PATH prints; 'no version' if there is no such program."""
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    except FileNotFoundError:
        return "no version"
    found = re.search(r"\d+(\.\d+)+", done.stdout)
    return found.group() if found else "no version"


def main() -> int:
    """Print what was found; return 1 if a version differs."""
    wanted = pinned()
    found = {program: installed(program) for program in PROGRAMS}
    wrong = {program: version for program, version in found.items() if version != wanted[program]}
    for program, version in wrong.items():
        print(
            f"{program}: {version} is on the PATH, constraints.txt has {wanted[program]}. "
            "Activate the environment (source .venv/bin/activate), or run `make install`."
        )
    if not wrong:
        print(", ".join(f"{program} {version}" for program, version in found.items()) + ": as in constraints.txt")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
