"""Composition of the configuration."""

import shutil
from pathlib import Path

import pytest

from pipeline.config import compose
from pipeline.domain.errors import ScalebridgeError


def test_compose__refuses_a_process_that_is_not_named_like_its_file(tmp_path: Path, root: Path) -> None:
    conf, params = tmp_path / "conf", tmp_path / "params.yaml"
    shutil.copytree(root / "conf", conf)
    (conf / "process/lots.yaml").rename(conf / "process/plots.yaml")
    params.write_text("process: plots\n", encoding="utf-8")
    with pytest.raises(ScalebridgeError, match="says 'name: lots'; the name must be that of the file, 'plots'"):
        compose(conf, params)
