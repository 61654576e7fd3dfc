"""Keep what is read inside its folder."""

import re
from pathlib import Path, PurePosixPath, PureWindowsPath

_DVC_CACHE = re.compile(r"/files/md5/[0-9a-f]{2}/[0-9a-f]{30}$")
"""DVC can put links into its cache in the place of files. The name of such a file is the hash of its content."""


def outside(path: Path, folder: Path) -> Path | None:
    """Return where a path leads to if that is not inside the folder; None if it is. Links are followed."""
    target = path.resolve()
    if target.is_relative_to(folder.resolve()) or _DVC_CACHE.search(target.as_posix()):
        return None
    return target


def pattern_problem(pattern: str) -> str | None:
    """Say why a pattern of files does not stay below its folder; None if it does.

    >>> pattern_problem("exports/*.csv"), pattern_problem("../secret.csv")
    (None, "it leads out of the folder by '..'")
    """
    if not pattern.strip():
        return "it is empty"
    if any(ord(character) < 0x20 for character in pattern):
        return "it holds a control character"
    if PurePosixPath(pattern).is_absolute() or PureWindowsPath(pattern).drive or pattern[0] in "\\~":
        return "it does not begin in the folder"
    if "\\" in pattern:
        return "it holds a backslash; write '/' between folders"
    return "it leads out of the folder by '..'" if ".." in PurePosixPath(pattern).parts else None
