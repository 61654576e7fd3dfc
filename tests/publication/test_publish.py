"""Publishing copies a finished run whole, names it by its contents, and refuses what does not belong together."""

import json
import random
import re
import shutil
import stat
from pathlib import Path

import polars as pl
import pytest

from pipeline.answers.trained_run import read_trained_run
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.hashes import hash_of_file
from pipeline.domain.places import Places
from pipeline.publication import publish as module
from pipeline.publication.runs import current_run, names_of_runs
from pipeline.stages.configure import configure
from pipeline.stages.evaluate import evaluate
from pipeline.stages.explain import explain
from pipeline.stages.monitor import monitor
from pipeline.stages.outlook import outlook
from pipeline.stages.publish import publish
from pipeline.stages.train import train
from tests.support.project import copy_of

MADE = ("configure", "validate", "features", "split", "evaluate", "transfer", "explain")


def _another_quality(places: Places) -> None:
    """Make the files of another run: one with another `quality.json`, as if `validate` had written it."""
    places.quality.write_text("{}", encoding="utf-8")
    record = places.made / "validate.json"
    found = json.loads(record.read_text(encoding="utf-8"))
    found["written"]["data/quality.json"] = {"": hash_of_file(places.quality)}
    record.write_text(json.dumps(found), encoding="utf-8")


@pytest.fixture
def own(project: Places, tmp_path: Path) -> Places:
    return copy_of(project, tmp_path)


def test_publish__holds_every_file_of_the_run_as_it_is(project: Places) -> None:
    bundle = current_run(project)
    for name in bundle.manifest.files:
        source = project.params if name == "params.yaml" else project.features.parent / name
        assert (bundle.folder / name).read_bytes() == source.read_bytes()
        assert not (bundle.folder / name).stat().st_mode & stat.S_IWUSR
    assert {"history/batches.parquet", "model/about.json", "config/process.yaml", "origin.json", "plots/skill.png"} <= set(
        bundle.manifest.files
    )


def test_publish__the_same_run_again_has_the_same_name(own: Places) -> None:
    before = current_run(own)
    publish(own)
    assert current_run(own) == before
    assert names_of_runs(own) == [before.run]


def test_publish__what_is_published_does_not_change_with_the_next_run(own: Places) -> None:
    """DVC deletes the outputs of a stage before it runs the stage again."""
    before = read_trained_run(own).hashes
    for path in (own.model, own.history, own.features, own.config, own.explanations):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert read_trained_run(own).hashes == before


def test_publish__a_damaged_run_of_the_same_name_is_replaced(own: Places) -> None:
    bundle = current_run(own)
    file = bundle.folder / "features.parquet"
    file.chmod(0o644)
    file.write_bytes(b"damaged")
    with pytest.raises(ScalebridgeError, match=r"features.parquet was changed"):
        current_run(own)
    publish(own)
    assert current_run(own) == bundle


def test_publish__another_run_shares_equal_files_with_the_former(own: Places) -> None:
    before = current_run(own)
    _another_quality(own)
    publish(own)
    after = current_run(own)
    assert after.run != before.run
    assert (after.folder / "features.parquet").samefile(before.folder / "features.parquet")
    assert (before.folder / "quality.json").read_text(encoding="utf-8") != "{}"


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("features", r"trained on other data \(features.parquet differ\)"),
        ("results", r"trained on other data \(history/results.parquet differ\)"),
        ("forecasts", r"its files were changed since \(forecasts.parquet differ\)"),
    ],
)
def test_publish__files_of_two_runs_are_refused(own: Places, place: str, words: str) -> None:
    path: Path = getattr(own, place)
    pl.read_parquet(path).head(20).write_parquet(path)
    before = current_run(own).run
    with pytest.raises(ScalebridgeError):
        publish(own)
    with pytest.raises(ScalebridgeError, match=words):
        module.publish(own, ())
    assert current_run(own).run == before


def test_publish__scores_of_other_forecasts_are_refused(own: Places) -> None:
    text = own.acceptance.read_text(encoding="utf-8")
    own.acceptance.write_text(text.replace('"forecasts_sha256": "', '"forecasts_sha256": "0'), encoding="utf-8")
    with pytest.raises(ScalebridgeError, match="are not those of"):
        publish(own)


@pytest.mark.parametrize("stage", MADE)
def test_publish__files_that_a_stage_did_not_write_are_refused(own: Places, stage: str) -> None:
    before = current_run(own).run
    made = json.loads((own.made / f"{stage}.json").read_text(encoding="utf-8"))
    for name, files in made["written"].items():
        for file in files:
            path = own.params.parent / name / file if file else own.params.parent / name
            content = path.read_bytes()
            path.write_bytes(content + b" ")
            with pytest.raises(ScalebridgeError, match=re.escape(path.stem)):
                publish(own)
            path.write_bytes(content)
    (own.made / f"{stage}.json").unlink()
    with pytest.raises(ScalebridgeError, match=f"it is not known from what the stage {stage} made its files"):
        publish(own)
    assert current_run(own).run == before


def test_publish__a_stage_that_was_not_called_after_a_change_is_named(own: Places) -> None:
    """Another model was trained and scored by hand. The explanations are still those of the former model."""
    text = own.params.read_text(encoding="utf-8")
    own.params.write_text(text.replace("seed: 1", "seed: 2"), encoding="utf-8")
    configure(own)
    train(own)
    evaluate(own)
    with pytest.raises(ScalebridgeError, match=r"the stage explain read other files \(.*data/config/seed.yaml"):
        publish(own)
    explain(own)
    monitor(own)
    outlook(own)
    publish(own)
    assert read_trained_run(own).seed == 2


def test_publish__a_run_that_is_replaced_by_a_file_or_a_link_is_made_again(own: Places, tmp_path: Path) -> None:
    bundle = current_run(own)
    for other in ("file", "link", "dangling"):
        shutil.rmtree(bundle.folder)
        if other == "file":
            bundle.folder.write_text("x", encoding="utf-8")
        else:
            bundle.folder.symlink_to(tmp_path if other == "link" else tmp_path / "nowhere")
        with pytest.raises(ScalebridgeError):
            current_run(own)
        publish(own)
        assert current_run(own) == bundle
        assert not bundle.folder.is_symlink()


def test_publish__a_drive_without_hard_links_gets_copies(own: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(source: Path, target: Path) -> None:
        raise OSError(95, "Operation not supported")

    _another_quality(own)
    monkeypatch.setattr(module.os, "link", refuse)
    publish(own)
    current_run(own)


def test_publish__a_part_that_is_missing_is_named_and_nothing_is_left_behind(own: Places) -> None:
    shutil.rmtree(own.plots)
    with pytest.raises(ScalebridgeError, match=r"what the stage evaluate wrote was changed \(data/plots/"):
        publish(own)
    assert [path.name for path in own.runs.iterdir() if path.name.startswith(".")] == [".lock"]


def test_publish__a_queued_experiment_comes_home_without_becoming_current(own: Places, tmp_path: Path) -> None:
    there = tmp_path / "project/.dvc/tmp/exps/1"
    shutil.copytree(own.features.parent, there / "data", ignore=shutil.ignore_patterns("runs"))
    shutil.copy(own.params, there / "params.yaml")
    temporary, before = Places.under(there / "data"), current_run(own).run
    _another_quality(temporary)
    own.acceptance_ledger.unlink()
    publish(temporary)
    assert own.acceptance_ledger.read_bytes() == temporary.acceptance_ledger.read_bytes()
    assert current_run(own).run == before
    assert names_of_runs(own) == sorted([before, current_run(temporary).run])


@pytest.mark.parametrize("seed", range(4))
def test_answer__after_any_change_of_one_byte_is_refused(own: Places, seed: int) -> None:
    """60 changes per seed, in every kind of file of the run."""
    chance, folder = random.Random(seed), current_run(own).folder
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    for file in chance.choices(files, k=60):
        content = file.read_bytes()
        place = chance.randrange(len(content))
        file.chmod(0o644)
        file.write_bytes(content[:place] + bytes([content[place] ^ chance.randrange(1, 256)]) + content[place + 1 :])
        with pytest.raises(ScalebridgeError, match=r"was changed"):
            read_trained_run(own)
        file.write_bytes(content)
    read_trained_run(own)
