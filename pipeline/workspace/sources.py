"""The files that a workspace begins with, as text."""

from pathlib import Path

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.tool import CARRIED, PACKAGE
from pipeline.workspace.flow import workspace_flow
from pipeline.workspace.listing import source_files

FLOW = "dvc.yaml"
_TEMPLATES = {
    "README.md": "readme",
    ".gitignore": "gitignore",
    "data/raw/.gitignore": "gitignore_raw",
    ".dvc/config": "dvc_config",
}
"""File of a workspace → file in `template/`. The repository has files of the same names, for itself."""


def workspace_files() -> dict[str, bytes]:
    """Return path in the workspace → content, sorted by path. A wheel carries the files; an editable install has the repository.

    Raises ScalebridgeError if the installed package has lost them.
    """
    root = _root()
    copied = {path.as_posix(): (root / path).read_bytes() for path in source_files(root)}
    copied[FLOW] = workspace_flow(copied[FLOW].decode()).encode()
    own = {path: (Path(__file__).parent / "template" / name).read_bytes() for path, name in _TEMPLATES.items()}
    return {path: _with_lf(content) for path, content in sorted((copied | own).items())}


def _root() -> Path:
    for root in (PACKAGE / CARRIED, PACKAGE.parent):
        if (root / FLOW).is_file():
            return root
    raise ScalebridgeError(
        f"The installed package has no files for a workspace: {PACKAGE / CARRIED} is missing. Install scalebridge again"
    )


def _with_lf(content: bytes) -> bytes:
    """Return text with line ends LF, which `.gitattributes` demands in the working copy on every platform."""
    return content.replace(b"\r\n", b"\n")
