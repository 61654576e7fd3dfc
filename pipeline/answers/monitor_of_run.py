"""The monitor of a published run. It is read when an answer needs it first."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.answers.result.scenarios import Withheld
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.process.process import Process

if TYPE_CHECKING:
    from pipeline.monitoring.monitor import Monitor

OLDER = "the run was published before a monitor was a part of it; `dvc repro` trains one"
"""Why a run that was made by an older program has no monitor."""


@dataclass(frozen=True)
class MonitorOfRun:
    """The monitor of a run, or the reason why there is none."""

    folder: Path
    process: Process

    @cached_property
    def found(self) -> "Monitor | Withheld":
        """The monitor, read once. A run without one, or with one that cannot be read, gives the reason."""
        from pipeline.monitoring.file_format import load_monitor  # loaded only when needed: it takes a second

        if not self.folder.is_dir():
            return Withheld(OLDER)
        try:
            return load_monitor(self.folder, self.process)
        except ScalebridgeError as problem:
            return Withheld(str(problem))
