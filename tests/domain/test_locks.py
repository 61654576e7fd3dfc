"""One program at a time writes into a place."""

from pathlib import Path

import pytest
from filelock import FileLock

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.locks import one_at_a_time


def test_lock__of_another_program_is_waited_for_and_then_named(tmp_path: Path) -> None:
    lock = tmp_path / ".lock"
    with (
        FileLock(lock),
        pytest.raises(ScalebridgeError, match=r"Another program logs runs and did not end within 0.1 s; it holds .*\.lock"),
        one_at_a_time(lock, "logs runs", wait=0.1),
    ):
        pass
    with one_at_a_time(lock, "logs runs", wait=0.1):
        pass


def test_lock__a_folder_in_its_place_is_a_sentence(tmp_path: Path) -> None:
    with (
        pytest.raises(ScalebridgeError, match="is a folder, and a file is needed there"),
        one_at_a_time(tmp_path, "logs runs"),
    ):
        pass
