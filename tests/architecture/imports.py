"""What each module of the project imports, read from the source."""

from functools import cache
from pathlib import Path

from pipeline.publication import code

ROOT = Path(__file__).parents[2]


def module_file(name: str) -> Path | None:
    """The file of a first-party module, relative to the project."""
    base = Path(*name.split("."))
    return next((path for path in (base.with_suffix(".py"), base / "__init__.py") if (ROOT / path).is_file()), None)


def imported(path: Path) -> frozenset[str]:
    """Names of all modules that a file imports, also inside functions."""
    return code.imported(ROOT / path)


@cache
def first_party(path: Path) -> frozenset[Path]:
    """Files of the project that a file needs, itself and the packages above included."""
    return frozenset(Path(file) for file in code.files_used_by(".".join(path.with_suffix("").parts)))
