"""`scalebridge watch` and `scalebridge replay`, as a user calls them in the folder of a project."""

import json
import shlex
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from click.testing import Result
from typer.testing import CliRunner

from pipeline.answers.result.watch_files import read_watch
from pipeline.answers.watch import judge
from pipeline.cli import app
from pipeline.commands import replaying, watching
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.places import Places
from tests.answers.watch.test_batch_file import GIVEN, run_with_series
from tests.support.project import PROPOSAL
from tests.support.watched_project import ThermometerJudge, add_hours, watched_project

Call = Callable[..., Result]


@pytest.fixture
def thermometer(monkeypatch: pytest.MonkeyPatch) -> ThermometerJudge:
    made = ThermometerJudge()
    monkeypatch.setattr(judge, "read_judge", lambda bundle: made)
    return made


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, thermometer: ThermometerJudge) -> Places:
    made = watched_project(tmp_path)
    monkeypatch.chdir(tmp_path)
    return made


@pytest.fixture
def call(places: Places) -> Call:
    def run(*arguments: str, code: int = 0) -> Result:
        done = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
        assert done.exit_code == code, done.output
        return done

    return run


@pytest.fixture
def warm(places: Places) -> None:
    """The running batch is warm from hour 21 on."""
    add_hours(places.raw / "vat", 21, 24, 37.5)


def logged(places: Places, batch: str = "R1") -> list[dict[str, str]]:
    text = (places.watch / batch / "alarm_log.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_watch__as_expected_is_exit_code_0(call: Call) -> None:
    text = call("watch", "R1").output
    assert "Batch R1, mAb, 100 L, at hour 20 (2024-03-20 20:00:00)" in text
    assert "Batch R1 is as expected at hour 20." in text
    assert "This is advice; the program controls nothing." in text


@pytest.mark.usefixtures("warm")
def test_watch__deviating_is_exit_code_3_and_raises_the_alarm(call: Call, places: Places) -> None:
    text = call("watch", "R1", code=3).output
    assert "Batch R1 deviates since hour 21." in text
    assert "jacket valve (80 %)" in text
    assert "The alarm was raised: the score exceeded its limit at hour 21." in text
    assert [one["what"] for one in logged(places)] == ["raised"]
    assert "The alarm was raised" not in call("watch", "R1", code=3).output


def test_watch__writes_result_and_page(call: Call, tmp_path: Path) -> None:
    call("watch", "R1", "--out", "r.json", "--report", "r.html")
    found = read_watch(tmp_path / "r.json")
    assert (found.batch, found.process, found.status, found.as_of.hours) == ("R1", "vat", "as_expected", 20.0)
    assert found.record.run == (tmp_path / "data/runs/current").read_text(encoding="utf-8").strip()
    assert found.sentence in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_watch__samples_count_from_their_result(call: Call, thermometer: ThermometerJudge) -> None:
    """The sample of hour 6 is known at hour 10."""
    call("watch", "R1", "--at", "9")
    call("watch", "R1", "--at", "10")
    assert [records for _, records, _ in thermometer.asked] == [10, 12]


@pytest.mark.usefixtures("warm")
def test_watch__at_an_hour_leaves_the_alarm_as_it_is(call: Call, places: Places) -> None:
    call("watch", "R1", "--at", "23", code=3)
    assert not places.watch.exists()
    assert "is as expected at hour 20" in call("watch", "R1", "--at", "20").output


def test_watch__a_past_batch_says_that_the_run_has_seen_it(call: Call) -> None:
    assert "The published run has learned from this batch." in call("watch", "B2", code=3).output
    assert "has learned from this batch" not in call("watch", "R1").output


def test_watch__an_unknown_batch_is_a_sentence(call: Call) -> None:
    with pytest.raises(ScalebridgeError, match="Batch 'X' is not in the batch records of process 'vat'"):
        call("watch", "X")


def test_watch__of_a_run_without_monitor_is_a_sentence(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    def without(bundle: object) -> None:
        raise ScalebridgeError("The published run x has no monitor")

    monkeypatch.setattr(judge, "read_judge", without)
    with pytest.raises(ScalebridgeError, match="has no monitor"):
        CliRunner().invoke(app, ["watch", "R1"], catch_exceptions=False)


@pytest.mark.usefixtures("warm")
def test_alarm__is_acknowledged_cleared_and_armed_again(call: Call, places: Places) -> None:
    call("watch", "R1", code=3)
    said = call("watch", "R1", "--acknowledge", "valve checked", "--by", "Ann").output
    assert said.startswith("The alarm is acknowledged. It does not fire again before it is armed again.")
    assert "alarm is acknowledged" in call("watch", "R1", code=3).output
    call("watch", "R1", "--clear", "--by", "Ann", "--why", "valve changed")
    call("watch", "R1", "--re-arm", "--by", "Bo")
    assert [(one["who"], one["what"], one["why"]) for one in logged(places)][1:] == [
        ("Ann", "acknowledged", "valve checked"),
        ("Ann", "cleared", "valve changed"),
        ("Bo", "re-armed", ""),
    ]
    assert "The alarm was raised" not in call("watch", "R1", code=3).output
    add_hours(places.raw / "vat", 25, 25, 37.6)
    assert "The alarm was raised: the score exceeded its limit at hour 25." in call("watch", "R1", code=3).output


@pytest.mark.usefixtures("warm")
def test_alarm__is_armed_again_when_the_batch_was_as_expected_for_long_enough(call: Call, places: Places) -> None:
    call("watch", "R1", code=3)
    call("watch", "R1", "--acknowledge", "valve checked", "--by", "Ann")
    add_hours(places.raw / "vat", 25, 30, 36.5)
    assert "re-armed" not in call("watch", "R1", "--quiet", "7", code=3).output
    assert "The alarm was re-armed: the batch was as expected for 6 h." in call("watch", "R1", "--quiet", "6", code=3).output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--acknowledge", "x"], "--acknowledge needs the name of the person who decides"),
        (["--acknowledge", " ", "--by", "Ann"], "--acknowledge needs a text"),
        (["--clear", "--re-arm", "--by", "Ann"], "--clear and --re-arm cannot be given together"),
        (["--clear", "--by", "Ann"], "Batch 'R1' has no alarm in data/watch: it was never watched"),
        (["--follow", "--at", "3"], "--follow and --at cannot be given together"),
        (["--hook", "mail 'x"], "the command cannot be read"),
        (["--out", "gone/r.json"], "The folder gone does not exist"),
        (["--at", "-2"], "the hour must be 0 or more"),
    ],
)
def test_watch__what_cannot_be_done_is_a_sentence(call: Call, arguments: list[str], words: str) -> None:
    with pytest.raises(ScalebridgeError, match=words):
        call("watch", "R1", *arguments)


@pytest.mark.usefixtures("warm")
def test_hook__gets_the_statement_once(call: Call, places: Places, tmp_path: Path) -> None:
    program = "import sys; open('hook.json', 'a').write(sys.stdin.read())"
    hook = f"{shlex.quote(sys.executable)} -c {shlex.quote(program)}"
    for _ in range(2):
        call("watch", "R1", "--hook", hook, code=3)
    found = json.loads((tmp_path / "hook.json").read_text(encoding="utf-8"))
    assert (found["alarm"]["state"], found["watch"]["batch"], found["watch"]["since"]) == ("raised", "R1", 21.0)
    assert [one["what"] for one in logged(places)] == ["raised", "hook done"]


@pytest.mark.usefixtures("warm")
def test_hook__that_fails_is_reported_and_logged_and_stops_nothing(call: Call, places: Places) -> None:
    text = call("watch", "R1", "--hook", "no-such-program", code=3).output
    assert (
        "The hook was not done: the command no-such-program does not exist. The message waits; the next look tries again"
        in text
    )
    call("watch", "R1", "--hook", "no-such-program", code=3)
    assert [one["what"] for one in logged(places)] == ["raised", "hook failed"]
    call("watch", "R1", "--hook", f"{shlex.quote(sys.executable)} -c pass", code=3)
    call("watch", "R1", "--hook", "no-such-program", code=3)
    assert [one["what"] for one in logged(places)] == ["raised", "hook failed", "hook done"]


@pytest.mark.usefixtures("warm")
def test_hook__is_not_called_for_what_a_person_knows(call: Call, places: Places) -> None:
    call("watch", "R1", code=3)
    call("watch", "R1", "--acknowledge", "valve checked", "--by", "Ann")
    call("watch", "R1", "--hook", "no-such-program", code=3)
    assert [one["what"] for one in logged(places)] == ["raised", "acknowledged"]


def test_follow__prints_a_line_per_change_and_ends_with_the_plan(
    call: Call, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = iter([(21, 22, 36.5), (23, 30, 37.5), (31, 60, 37.5)])
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        add_hours(places.raw / "vat", *next(later))

    monkeypatch.setattr(time, "sleep", sleep)
    lines = call("watch", "R1", "--follow", "--every", "5", code=3).output.splitlines()
    assert slept == [5.0] * 3
    assert [line.partition("  ")[0] for line in lines if line.startswith("hour")] == ["hour 20", "hour 30"]
    assert "deviating since hour 23" in lines[1]
    assert lines[2] == "The alarm was raised: the score exceeded its limit at hour 23."
    assert lines[-1] == "Batch R1 has reached hour 60, the end of its plan."


def test_follow__a_look_that_fails_is_reported_and_the_watch_goes_on(
    call: Call, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = places.raw / "vat/historian/r1.csv"
    content = file.read_text(encoding="utf-8")

    def sleep(seconds: float) -> None:
        if file.read_text(encoding="utf-8") == content:
            file.write_text("half a he", encoding="utf-8")
        else:
            file.write_text(content, encoding="utf-8")
            add_hours(places.raw / "vat", 21, 60, 36.5)

    monkeypatch.setattr(time, "sleep", sleep)
    text = call("watch", "R1", "--follow").output
    assert "This look failed, the next one is in 60 s: Source 'historian'" in text
    assert "Batch R1 has reached hour 60" in text


def test_follow__the_first_look_may_not_fail(call: Call) -> None:
    with pytest.raises(ScalebridgeError, match="Batch 'X' is not in the batch records"):
        call("watch", "X", "--follow")


def test_watch__a_batch_that_a_file_describes(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The thermometer knows no tag of the pot, so the batch is not judged; the exit code is 0, and the note is loud."""
    monkeypatch.setattr(watching, "read_predicting_run", lambda bundle: run_with_series())
    (tmp_path / "plan.yaml").write_text(yaml.safe_dump(PROPOSAL), encoding="utf-8")
    (tmp_path / "h.csv").write_text("b,tag,at,v\nX1,TI,2024-03-20 09:00,36\n", encoding="utf-8")
    (tmp_path / "x1.yaml").write_text(yaml.safe_dump(GIVEN | {"series": {"historian": ["h.csv"]}}), encoding="utf-8")
    text = call("watch", "x1.yaml").output
    assert "Batch X1 is not judged at hour 1: The temperature has no record." in text


def test_replay__shows_the_changes_and_what_came_of_it(call: Call, places: Places, thermometer: ThermometerJudge) -> None:
    lines = call("replay", "B2", "--speed", "0").output.splitlines()
    assert lines[0].startswith("Note: The published run has learned from this batch.")
    assert lines[1].startswith("hour 1  as expected")
    assert lines[2].startswith("hour 30  deviating since hour 30")
    assert "The alarm was raised at hour 30." in lines
    assert "The log names the deviation 'jacket_valve' at hour 28: the alarm came 2 h later." in lines
    assert next(line for line in lines if line.startswith("titre")).split()[-2:] == ["1.2", "no"]
    assert [hour for hour, *_ in thermometer.asked] == [float(hour) for hour in range(1, 61)]
    assert all(last <= hour for hour, _, last in thermometer.asked)
    assert not places.watch.exists()


def test_replay__by_a_judge_that_has_not_seen_the_batch_says_nothing_of_it(
    call: Call, thermometer: ThermometerJudge
) -> None:
    thermometer.unseen = True
    assert "has learned from this batch" not in call("replay", "B1", "--speed", "0", "--step", "12").output


def test_replay__of_a_normal_batch_raises_nothing(call: Call, tmp_path: Path) -> None:
    text = call("replay", "B1", "--speed", "0", "--step", "7", "--out", "r.json", "--report", "r.html").output
    assert "The alarm was not raised." in text
    assert "The history has no logged deviation of this batch." in text
    assert read_watch(tmp_path / "r.json").as_of.hours == 60.0
    assert (tmp_path / "r.html").is_file()


def test_replay__keeps_its_speed(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(replaying.time, "sleep", slept.append)
    call("replay", "B1", "--speed", "24", "--step", "12")
    assert slept == [0.5] * 5


def test_replay__of_a_batch_that_the_run_does_not_know_is_a_sentence(call: Call) -> None:
    with pytest.raises(ScalebridgeError, match="Batch 'R1' is not in the history of the published run"):
        call("replay", "R1")
