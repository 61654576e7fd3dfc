"""Build hook: the wheel carries the files of the repository that a new workspace begins with. pyproject.toml names it."""

import runpy
import shutil
from pathlib import Path

from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent
LISTING = ROOT / "pipeline/workspace/listing.py"
CARRIED = Path("pipeline/workspace/files")


class BuildWithWorkspaceFiles(build_py):
    """Build the package, and copy the files beside it. An editable install reads them from the repository."""

    def run(self) -> None:
        """Build. What an earlier build left in the folder `build` is removed first, since it would get into the wheel."""
        if self.editable_mode:
            super().run()
            return
        shutil.rmtree(Path(self.build_lib) / "pipeline", ignore_errors=True)
        super().run()
        target = Path(self.build_lib) / CARRIED
        for path in runpy.run_path(str(LISTING))["source_files"](ROOT):
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / path, target / path)
