"""The command `scalebridge`, as a user calls it in the folder of a project."""

import errno
import gc
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from importlib.metadata import version
from pathlib import Path

import polars as pl
import pytest
import yaml
from typer.testing import CliRunner

from pipeline import cli
from pipeline.answers.result.answer import Answer
from pipeline.answers.result.files import read_answer
from pipeline.answers.result.prediction import Predicted
from pipeline.cli import app, main
from pipeline.domain.display import digits
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.places import Places
from pipeline.publication.runs import current_name, names_of_runs
from pipeline.stages.configure import configure
from pipeline.stages.publish import publish
from pipeline.tracking import mlflow
from tests.support.project import copy_of

PROPOSAL, RESULT = "data/proposals/p_to_100L.yaml", "data/answers/p_to_100L/result.json"
Call = Callable[..., str]


@pytest.fixture
def call(project: Places, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Give a command in the folder of the project; returns what it printed."""
    monkeypatch.chdir(project.params.parent)

    def run(*arguments: str) -> str:
        done = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
        assert done.exit_code == 0
        return done.output

    return run


@pytest.fixture
def own(call: Call, project: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    """A copy of the project, for commands that write into it."""
    places = copy_of(project, tmp_path)
    monkeypatch.chdir(places.params.parent)
    return places


def _titre(found: Answer) -> Predicted:
    outcome = found.steps[0].attributes["titre"].outcome
    assert isinstance(outcome, Predicted)
    return outcome


def test_predict__prints_what_it_writes(call: Call, tmp_path: Path) -> None:
    text = call("predict", PROPOSAL, "--out", str(tmp_path / "result.json"))
    found = read_answer(tmp_path / "result.json")
    assert "P to 100 L" in text
    assert digits(_titre(found).value) in text
    for interval in _titre(found).intervals:
        if interval.level == 90:
            assert digits(interval.lower) in text
            assert digits(interval.upper) in text


def test_predict__gives_the_answer_of_the_stage_without_scenarios(call: Call, tmp_path: Path) -> None:
    call("predict", PROPOSAL, "--out", str(tmp_path / "result.json"))
    short, whole = (json.loads(path.read_text(encoding="utf-8")) for path in (tmp_path / "result.json", Path(RESULT)))
    assert short != whole
    assert {key: value for key, value in short.items() if value != whole[key]}.keys() <= {
        "scenarios",
        "next_runs",
        "overview",
    }


def test_predict__writes_the_page_of_the_stage_with_the_day_and_the_record(call: Call, own: Places, tmp_path: Path) -> None:
    shutil.rmtree(own.answers_given, ignore_errors=True)
    call("predict", PROPOSAL, "--report", str(tmp_path / "report.html"))
    found = (tmp_path / "report.html").read_text(encoding="utf-8")
    added = f"; asked on {date.today()}", "<p>1 answer on record; none can be compared with a result yet.</p>"
    for text in added:
        assert text in found
        found = found.replace(text, "")
    assert found == Path(RESULT).with_name("report.html").read_text(encoding="utf-8")


def test_record__shows_what_was_asked_and_why_it_is_not_scored(call: Call, own: Places, tmp_path: Path) -> None:
    shutil.rmtree(own.answers_given, ignore_errors=True)
    assert "No earlier answer is on record." in call("record")
    call("predict", PROPOSAL)
    text = call("record", "--out", str(tmp_path / "record.json"))
    assert "1 answer on record; none can be compared with a result yet." in text
    assert "no batch as proposed has arrived" in text
    [one] = json.loads((tmp_path / "record.json").read_text(encoding="utf-8"))["unscored"]
    assert one["state"] == "waiting"
    assert one["answer"] in text


def test_predict__with_scenarios_prints_more(call: Call) -> None:
    assert len(call("predict", PROPOSAL, "--simulate")) > len(call("predict", PROPOSAL)) + 200


def test_predict__tracked_keeps_the_whole_answer_with_the_run_of_the_model(
    call: Call, own: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[tuple[str, str, set[str], str]] = []

    def add_files(folder: Path, experiment: str, published: str, files: Path, place: str) -> str:
        kept.append((experiment, published, {path.name for path in files.iterdir()}, place))
        return "run-1"

    monkeypatch.setattr(mlflow, "add_files", add_files)
    assert "Added to MLflow run run-1" in call("predict", PROPOSAL, "--track")
    ((experiment, published, files, place),) = kept
    assert (experiment, published, place) == ("scalebridge-pot", current_name(own), "asked/p_to_100L")
    assert {"result.json", "report.html", "model_card.json", "distributions.svg"} <= files


def test_predict__before_anything_is_published_is_a_sentence(call: Call, own: Places) -> None:
    shutil.rmtree(own.runs)
    with pytest.raises(ScalebridgeError, match=r"no run is published; run `dvc repro` first"):
        call("predict", PROPOSAL)
    assert "There is no published run in data/runs" in call("runs")


def test_runs__use_comes_back_and_prune_asks_first(call: Call, own: Places) -> None:
    first = current_name(own)
    own.params.write_text(own.params.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    configure(own)
    publish(own)
    second = current_name(own)
    assert call("runs").count("ridge") == 2
    assert f"Commands now answer from run {first}" in call("use", first[:6])
    assert read_answer(Path(RESULT)).record.hashes.run == first
    assert "Nothing was deleted" in CliRunner().invoke(app, ["prune"], input="n\n").output
    unanswered = CliRunner().invoke(app, ["prune"], input="")
    assert "Nothing was deleted, since there was no answer" in str(unanswered.exception)
    assert names_of_runs(own) == sorted([first, second])
    assert "Deleted 1 runs" in call("prune", "--yes")
    assert names_of_runs(own) == [first]
    assert "There is no run to delete" in call("prune")


def test_predict__says_what_has_changed_since_the_run(call: Call, own: Places) -> None:
    assert "Note:" not in call("predict", PROPOSAL)
    own.quality.write_text("{}", encoding="utf-8")
    assert "Note: quality.json has changed since run" in call("predict", PROPOSAL)


def test_runs__a_damaged_run_is_listed_as_such(call: Call, own: Places) -> None:
    manifest = own.runs / current_name(own) / "manifest.json"
    manifest.chmod(0o644)
    manifest.write_text("{}", encoding="utf-8")
    assert "damaged" in call("runs")
    with pytest.raises(ScalebridgeError, match="was changed after the run was published"):
        call("predict", PROPOSAL)


def test_compare__reads_answers_and_answers_proposals(call: Call, tmp_path: Path) -> None:
    text = call("compare", RESULT, PROPOSAL, "--report", str(tmp_path / "compare.html"))
    assert text.count("P to 100 L") == 2
    assert text.count(digits(_titre(read_answer(Path(RESULT))).value)) >= 2
    assert "P to 100 L" in (tmp_path / "compare.html").read_text(encoding="utf-8")


def test_simulate__writes_into_the_data_folder_or_where_it_is_told(call: Call, own: Places, tmp_path: Path) -> None:
    assert "simulation.json" in call("simulate", PROPOSAL)
    assert f"Written to {tmp_path / 'there'}" in call("simulate", PROPOSAL, "--out", str(tmp_path / "there"))
    first, second = own.simulations / "p_to_100L", tmp_path / "there"
    assert {path.name: path.read_bytes() for path in first.iterdir()} == {
        path.name: path.read_bytes() for path in second.iterdir()
    }


def test_scaffold__drafts_a_definition_and_replaces_none_unasked(call: Call, own: Places) -> None:
    (own.raw / "mine").mkdir()
    (own.raw / "mine/batches.csv").write_text("batch,volume_L\nB1,5\n", encoding="utf-8")
    assert "Wrote conf/process/mine.yaml" in call("scaffold", "mine")
    definition = own.conf / "process/mine.yaml"
    assert yaml.safe_load(definition.read_text(encoding="utf-8"))["attributes"]["volume"]["unit"] == "L"
    definition.write_text("mine: changed\n", encoding="utf-8")
    with pytest.raises(ScalebridgeError, match=r"mine\.yaml exists; --force replaces it"):
        call("scaffold", "mine")
    assert definition.read_text(encoding="utf-8") == "mine: changed\n"
    call("scaffold", "mine", "--force")
    assert "attributes" in definition.read_text(encoding="utf-8")


def test_check__prints_the_verdict_on_the_files(call: Call, own: Places) -> None:
    assert "All 48 batches are used." in call("check")
    rows = pl.read_csv(own.raw / "pot/b.csv", infer_schema=False)
    first = pl.int_range(pl.len()) < 5
    rows.with_columns(pl.when(first).then(pl.lit("n.d.")).otherwise("temperature").alias("temperature")).write_csv(
        own.raw / "pot/b.csv"
    )
    text = call("check")
    assert "5 of 48 batches are set aside, for 1 cause." in text
    assert "column 'temperature' (5 cells, 5 batches): not a number with a decimal point" in text
    assert '`sources.batches.nulls: ["", n.d.]`' in text


def test_check__fails_where_every_batch_is_set_aside(call: Call, own: Places) -> None:
    rows = pl.read_csv(own.raw / "pot/b.csv", infer_schema=False)
    rows.with_columns(temperature=pl.lit("n.d.")).write_csv(own.raw / "pot/b.csv")
    with pytest.raises(ScalebridgeError) as raised:
        call("check")
    message = str(raised.value)
    assert message.startswith("Process 'pot' has no valid batch. 48 of 48 batches are set aside, for 1 cause.")
    assert "column 'temperature' (48 cells, 48 batches): not a number with a decimal point" in message
    assert "`scalebridge quarantine --out quarantine.xlsx` writes every row that is set aside" in message


def test_check__of_a_process_that_predicts_nothing_says_that_it_is_only_watched(call: Call, own: Places) -> None:
    path = own.conf / "process/pot.yaml"
    definition = yaml.safe_load(path.read_text(encoding="utf-8"))
    del definition["attributes"]["titre"]
    path.write_text(yaml.safe_dump(definition, sort_keys=False), encoding="utf-8")
    text = " ".join(call("check").split())
    assert "pot: 11 attributes, 3 sources, predicts nothing; its files are readable" in text
    assert "All 48 batches are used." in text
    assert "so nothing is predicted: batches of this process can only be watched" in text


def test_check__says_what_the_configuration_is_about_and_looks_for_its_files(call: Call, own: Places) -> None:
    assert "pot: 12 attributes, 3 sources, predicts titre; its files are readable" in call("check")
    (own.raw / "pot/l.csv").write_text("lot,copper\nL1,1\n", encoding="utf-8")
    with pytest.raises(ScalebridgeError, match=r"l\.csv has no column 'zinc'"):
        call("check")
    for path in (own.raw / "pot").iterdir():
        path.unlink()
    (own.raw / "pot").rmdir()
    assert "does not exist yet" in call("check")


def test_summary__prints_scores_and_answers(call: Call) -> None:
    text = call("summary")
    assert "largest scale out" in text
    assert "P to 100 L" in text


def test_main__a_mistake_of_the_user_ends_as_a_sentence(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gc, "set_threshold", lambda *numbers: None)
    monkeypatch.setattr(sys, "argv", ["scalebridge", "predict", "data/proposals/nowhere.yaml"])
    with pytest.raises(SystemExit, match=r"^scalebridge: data/proposals/nowhere.yaml does not exist$"):
        main()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("predict", PROPOSAL, "--out", "nowhere/x.json"), "The folder nowhere does not exist; create it"),
        (("predict", PROPOSAL, "--out", "/dev/null"), "/dev/null is a device"),
        (("predict", PROPOSAL, "--report", "data"), "data is a folder; give the path of a file"),
        (("compare", RESULT, RESULT, "--report", "nowhere/x.html"), "The folder nowhere does not exist"),
        (("predict", "data/proposals"), "data/proposals is a folder, not a file"),
        (("predict", "data/..proposals/..yaml"), "does not exist"),
        (("scaffold", "../../outside"), "cannot be the name of a process: it holds '/'"),
        (("scaffold", "con"), "Windows keeps this name for a device"),
        (("compare", "params.yaml", RESULT), "params.yaml is not valid"),
        (("compare", "data/metrics.json", RESULT), "is not an answer"),
    ],
)
def test_commands__refuse_with_a_sentence(call: Call, arguments: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(ScalebridgeError, match=re.escape(sentence)):
        call(*arguments)


def test_simulate__never_writes_above_its_folder(call: Call, own: Places) -> None:
    shutil.copy(PROPOSAL, "data/proposals/...yaml")
    with pytest.raises(ScalebridgeError, match=r"cannot give its name to a folder of results: it must not begin with a dot"):
        call("simulate", "data/proposals/...yaml")
    assert not own.simulations.exists()


def test_check__refuses_names_that_cannot_be_files(call: Call, own: Places) -> None:
    definition = own.conf / "process/pot.yaml"
    definition.write_text(definition.read_text(encoding="utf-8").replace("titre:", "titre (g/L):"), encoding="utf-8")
    with pytest.raises(ScalebridgeError, match=r"'titre \(g/L\)' is not allowed: .*'titre_g_L'; A name may hold letters"):
        call("check")


def test_main__a_full_disk_ends_as_a_sentence(
    call: Call, own: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: bytes | str) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(cli, "write_whole", full)
    monkeypatch.setattr(gc, "set_threshold", lambda *numbers: None)
    monkeypatch.setattr(sys, "argv", ["scalebridge", "predict", PROPOSAL, "--out", str(tmp_path / "x.json")])
    with pytest.raises(SystemExit, match=r"x\.json could not be written: the disk is full.*Details .* data/errors/"):
        main()
    assert list(Path("data/errors").iterdir())


def test_version__is_printed() -> None:
    assert CliRunner().invoke(app, ["--version"]).output == f"scalebridge {version('scalebridge')}\n"


KERNELS = """
import pipeline.cli, scipy.linalg
from threadpoolctl import threadpool_info
print({one["architecture"] for one in threadpool_info() if one["internal_api"] == "openblas"})
"""


@pytest.mark.skipif(platform.machine().lower() not in ("x86_64", "amd64"), reason="the kernels are those of x86 processors")
@pytest.mark.parametrize(
    ("chosen", "kernels"), [({}, "{'Haswell'}"), ({"OPENBLAS_CORETYPE": "Sandybridge"}, "{'Sandybridge'}")]
)
def test_cli__computes_with_the_same_kernels_on_every_processor_unless_the_user_chooses(
    chosen: dict[str, str], kernels: str, root: Path
) -> None:
    pytest.importorskip("threadpoolctl")
    bare = {name: value for name, value in os.environ.items() if not name.startswith("OPENBLAS_")}
    command = [sys.executable, "-c", KERNELS]
    done = subprocess.run(command, cwd=root, env=bare | chosen, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == kernels
