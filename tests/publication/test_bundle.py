"""A published run is opened only if every byte of it is as it was published."""

from pathlib import Path

import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.publication.bundle import MANIFEST, Bundle, copy_part, manifest_of, open_bundle, open_part, read_manifest


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    """A run of three files, one of them empty."""
    building = tmp_path / "building"
    for name, content in {"model/titre.json": b'{"a": 1}', "features.parquet": b"PAR1\x00\xff", "empty": b""}.items():
        (building / name).parent.mkdir(parents=True, exist_ok=True)
        (building / name).write_bytes(content)
    manifest = manifest_of(building, {"pipeline/cli.py": "00"})
    (building / MANIFEST).write_text(manifest.as_text(), encoding="utf-8")
    return Bundle(manifest.run, building.rename(tmp_path / manifest.run), manifest)


def test_open__a_whole_run_has_its_places(bundle: Bundle) -> None:
    opened = open_bundle(bundle.folder)
    assert opened == bundle
    assert opened.places.model == bundle.folder / "model"
    assert opened.places.params == bundle.folder / "params.yaml"


def test_open__every_changed_byte_is_refused(bundle: Bundle) -> None:
    for file in sorted(path for path in bundle.folder.rglob("*") if path.is_file()):
        content = file.read_bytes()
        for place in range(len(content)):
            file.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
            with pytest.raises(ScalebridgeError):
                open_bundle(bundle.folder)
        file.write_bytes(content)
    assert open_bundle(bundle.folder) == bundle


def test_open__a_file_that_is_missing_or_added_is_named(bundle: Bundle) -> None:
    (bundle.folder / "empty").rename(bundle.folder / "more")
    with pytest.raises(ScalebridgeError, match=r"empty is missing, more does not belong to it; publish it again"):
        open_bundle(bundle.folder)


def test_open__a_changed_file_is_named(bundle: Bundle) -> None:
    (bundle.folder / "features.parquet").write_bytes(b"")
    with pytest.raises(ScalebridgeError, match=r"is damaged: features.parquet was changed"):
        open_bundle(bundle.folder)


def test_open__a_folder_without_manifest_or_of_another_name_is_refused(bundle: Bundle, tmp_path: Path) -> None:
    with pytest.raises(ScalebridgeError, match=r"manifest.json was changed after the run was published: its hash is"):
        open_bundle(bundle.folder.rename(tmp_path / "0123456789abcdef"))
    with pytest.raises(ScalebridgeError, match="is not a published run"):
        read_manifest(tmp_path)


def test_manifest__names_the_run_by_contents_alone(bundle: Bundle) -> None:
    again = manifest_of(bundle.folder, {"pipeline/cli.py": "00"})
    assert again.run == bundle.run
    assert manifest_of(bundle.folder, {"pipeline/cli.py": "01"}).run != bundle.run


def test_open_part__a_copy_of_some_files_is_verified_as_the_run_is(bundle: Bundle, tmp_path: Path) -> None:
    part = (Path("model"), Path("features.parquet"))
    folder = copy_part(bundle, part, tmp_path / "copy")
    opened = open_part(folder, part)
    assert (opened.run, opened.manifest) == (bundle.run, bundle.manifest)
    assert not (folder / "empty").exists()
    with pytest.raises(ScalebridgeError, match=r"empty is missing"):
        open_bundle(folder)
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = file.read_bytes()
        for place in range(len(content)):
            file.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
            with pytest.raises(ScalebridgeError):
                open_part(folder, part)
        file.write_bytes(content)


def test_open_part__a_file_that_is_missing_or_added_is_named(bundle: Bundle, tmp_path: Path) -> None:
    part = (Path("model"), Path("features.parquet"))
    folder = copy_part(bundle, part, tmp_path / "copy")
    (folder / "features.parquet").unlink()
    (folder / "empty").touch()
    with pytest.raises(ScalebridgeError, match=r"features.parquet is missing, empty does not belong to it; copy it again"):
        open_part(folder, part)
