"""What was pulled is given to DVC; where that fails, the data are complete and the message says what to do."""

import os
from pathlib import Path

import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.history.snapshots.pinning import has_dvc, is_pinned, pin


def test_is_pinned__a_manifest_that_was_written_later_is_not(tmp_path: Path) -> None:
    folder, pinned = tmp_path / "lab", tmp_path / "lab.dvc"
    folder.mkdir()
    (folder / "manifest.json").write_text("{}")
    assert not is_pinned(folder)
    pinned.write_text("x")
    assert is_pinned(folder)
    state = pinned.stat()
    os.utime(pinned, (state.st_atime - 60, state.st_mtime - 60))
    assert not is_pinned(folder)


@pytest.mark.long
def test_pin__what_dvc_refuses_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "lab").mkdir()
    assert not has_dvc(tmp_path)
    with pytest.raises(
        ScalebridgeError, match=r"What was pulled is complete, and DVC could not pin it: .* Give `dvc add lab`"
    ):
        pin([tmp_path / "lab"], tmp_path)
