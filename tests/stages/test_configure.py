"""The stage `configure`: one file per key of the configuration."""

from pathlib import Path

import yaml

from pipeline.domain.places import Places
from pipeline.stages.configure import configure


def test_configure__writes_one_file_per_key_as_committed(root: Path, tmp_path: Path) -> None:
    (tmp_path / "conf").symlink_to(root / "conf")
    (tmp_path / "params.yaml").symlink_to(root / "params.yaml")
    configure(Places.under(tmp_path / "data"))
    written = {path.name: path.read_bytes() for path in (tmp_path / "data/config").iterdir()}
    assert written == {path.name: path.read_bytes() for path in (root / "data/config").iterdir()}
    assert all(list(yaml.safe_load(text)) == [name.removesuffix(".yaml")] for name, text in written.items())
