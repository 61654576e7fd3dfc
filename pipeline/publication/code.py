"""Which files of the package a module uses, and their hashes: the code that trained a model, or that answers."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from pipeline.domain.hashes import hash_of_file

PACKAGE = Path(__file__).parents[1]
"""The folder `pipeline/`."""


@cache
def files_used_by(*modules: str) -> tuple[str, ...]:
    """Return the files that modules such as `pipeline.stages.train` use, themselves included, sorted: `pipeline/stages/train.py`, …

    Imports are read from the source, also those inside functions, so the result does not depend on what was executed.
    """
    seen: set[Path] = set()
    todo = [file for module in modules for file in _files(module)]
    while todo:
        current = todo.pop()
        if current not in seen:
            seen.add(current)
            todo += [file for name in imported(current) for file in _files(name)]
    return tuple(sorted(file.relative_to(PACKAGE.parent).as_posix() for file in seen))


def hashes_of_code(files: Iterable[str]) -> dict[str, str]:
    """Return file → hash of its content as installed now; `missing` for a file that does not exist."""
    paths = {file: PACKAGE.parent / file for file in files}
    return {file: hash_of_file(path) if path.is_file() else "missing" for file, path in paths.items()}


def changed(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Return the names that have another hash now, or that only one of both has."""
    return [name for name in dict.fromkeys([*before, *now]) if before.get(name) != now.get(name)]


@cache
def imported(file: Path) -> frozenset[str]:
    """Return the names of all modules that a file imports, also inside functions.

    A file that lists a package, as in `pkgutil.iter_modules(pipeline.operations.__path__)`, imports all of its modules.
    """
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "pkgutil.iter_modules":
            package = ast.unparse(node.args[0]).removesuffix(".__path__")
            folder = PACKAGE.parent.joinpath(*package.split("."))
            names |= {f"{package}.{other.stem}" for other in folder.glob("*.py") if other != file}
    return frozenset(names)


def _files(module: str) -> Iterator[Path]:
    """Files of a module of this package and of the packages above it; none for a module of another package."""
    parts = module.split(".")
    if parts[0] != PACKAGE.name:
        return
    for depth in range(1, len(parts) + 1):
        base = PACKAGE.parent.joinpath(*parts[:depth])
        for path in (base.with_suffix(".py"), base / "__init__.py"):
            if path.is_file():
                yield path
                break
