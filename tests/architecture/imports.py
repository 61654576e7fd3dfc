"""What each module of the project imports, read from the source."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


def module_file(name: str) -> Path | None:
    """The file of a first-party module, relative to the project."""
    base = Path(*name.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if (ROOT / path).is_file():
            return path
    return None


@cache
def imported(path: Path) -> frozenset[str]:
    """Names of all modules that a file imports, also inside functions."""
    names: set[str] = set()
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(names)


@cache
def first_party(path: Path) -> frozenset[Path]:
    """Files of the project that a file needs, itself and the packages above included."""
    seen: set[Path] = set()
    todo = [path]
    while todo:
        current = todo.pop()
        if current in seen:
            continue
        seen.add(current)
        for name in imported(current):
            if name.split(".")[0] != "pipeline":
                continue
            parts = name.split(".")
            for depth in range(1, len(parts) + 1):
                found = module_file(".".join(parts[:depth]))
                if found is not None and found not in seen:
                    todo.append(found)
    return frozenset(seen)
