"""Refuse files of more than 1 MB: a clone must stay small, and DVC is there for data."""

import sys
from pathlib import Path

LIMIT = 1_000_000


def main(names: list[str]) -> int:
    """Print each file that is too large; return 1 if there is one."""
    sizes = {name: Path(name).stat().st_size for name in names if Path(name).is_file()}
    large = {name: size for name, size in sizes.items() if size > LIMIT}
    for name, size in large.items():
        print(
            f"{name}: {size / 1e6:.1f} MB; the limit is {LIMIT / 1e6:.0f} MB. "
            f"Keep data with DVC (`dvc add {name}`), or make the file smaller."
        )
    return 1 if large else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
