"""The installed tool, and the tool that a workspace was made for: version and hash of the code.

A workspace is a project apart from the tool. Its file `tool.json` says for which tool it was made, and is an input of every stage:
a changed tool makes every stage run again. The repository of the tool has no such file; there the stages depend on the code itself.
"""

from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pydantic.dataclasses import dataclass

from pipeline.domain.config_files import as_json, parse, read_json
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.hashes import hash_of, hash_of_file
from pipeline.domain.strict_config import STRICT

TOOL = "tool.json"
"""Name of the file in the folder of a workspace."""
PACKAGE = Path(__file__).parents[1]
"""The folder `pipeline/`."""
CARRIED = "workspace/files"
"""Folder of the package in which a wheel carries files of the repository for new workspaces. It is not code."""


@dataclass(config=STRICT, frozen=True)
class Tool:
    """A version of the tool."""

    version: str
    """Version of the package, such as `0.1.0`."""
    code_sha256: str
    """Hash of all files of the package."""

    def __str__(self) -> str:
        """Return the version with the beginning of the hash."""
        return f"scalebridge {self.version} (code {self.code_sha256[:8]})"

    def as_text(self) -> str:
        """Return the text of `tool.json`."""
        return as_json({"version": self.version, "code_sha256": self.code_sha256})


@cache
def installed_tool() -> Tool:
    """Return the tool that is installed. Reading the whole package takes about 30 ms."""
    try:
        found = version("scalebridge")
    except PackageNotFoundError:
        raise ScalebridgeError("The package scalebridge is not installed; install it: pip install scalebridge") from None
    return Tool(found, code_hash(PACKAGE))


def code_hash(package: Path) -> str:
    """Return the hash of the names and contents of all files of the package, but for what Python compiles and a wheel carries."""
    carried = package / CARRIED
    files = (path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    code = sorted(path for path in files if carried not in path.parents and not path.name.startswith("."))
    return hash_of([(path.relative_to(package).as_posix(), hash_of_file(path)) for path in code])


def read_tool(folder: Path) -> Tool | None:
    """Return the tool that a workspace was made for; None if the folder has no `tool.json`.

    Raises ScalebridgeError if the file is damaged.
    """
    file = folder / TOOL
    if not file.is_file():
        return None
    found: Tool = parse(Tool, read_json(file), str(file))
    return found


def other_tool(folder: Path) -> str | None:
    """Return a sentence if a folder is a workspace that was made for another tool than the installed one; else None."""
    made_for = read_tool(folder)
    if made_for is None or made_for == installed_tool():
        return None
    return (
        f"The workspace was made for {made_for}, and {installed_tool()} is installed. "
        "`scalebridge upgrade` carries the workspace over; then run `dvc repro`"
    )


def refuse_other_tool(folder: Path) -> None:
    """Check that a stage runs with the tool that its workspace was made for. Otherwise DVC would note another tool than ran.

    Raises ScalebridgeError that names both tools.
    """
    if problem := other_tool(folder):
        raise ScalebridgeError(problem)
