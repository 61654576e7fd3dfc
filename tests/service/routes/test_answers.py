"""An answer over HTTP is the answer in the process."""

import json
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
import yaml

from pipeline.answers.given_answers import GivenAnswers
from pipeline.answers.result.files import as_text
from pipeline.service.routes.answers import SHEET
from tests.support.asgi import POT, YAML, app_of, ask
from tests.support.trained_pot import answered


@pytest.mark.parametrize("depth", ["numbers", "causes", "whole"])
def test_ask__gives_the_answer_of_the_process(tmp_path: Path, depth: str) -> None:
    found = ask(app_of(tmp_path), "POST", f"/answers?depth={depth}", POT)
    assert found.status == 200
    assert found.body.decode() == as_text(answered(**POT, depth=depth))  # type: ignore[arg-type]
    assert found.headers["location"] == f"/answers/{found.headers['x-answer-id']}"


def test_ask__takes_yaml_and_json_as_one_question(tmp_path: Path) -> None:
    app = app_of(tmp_path)
    written = "# a comment\n" + yaml.safe_dump(POT | {"scale": "0.1 m3"}, sort_keys=True)
    first, second = ask(app, "POST", "/answers", POT), ask(app, "POST", "/answers", written, YAML)
    assert first.headers["x-answer-id"] == second.headers["x-answer-id"]
    assert first.body == second.body


def test_ask__computes_the_same_question_once_also_after_a_restart(tmp_path: Path) -> None:
    first, second = app_of(tmp_path), app_of(tmp_path)
    replies = [ask(app, "POST", "/answers?depth=numbers", POT).body for app in (first, first, second)]
    assert len(set(replies)) == 1
    counted = [ask(app, "GET", "/metrics").body.decode() for app in (first, second)]
    assert 'scalebridge_answers_total{how="computed"} 1' in counted[0]
    assert 'scalebridge_answers_total{how="kept"} 1' in counted[0]
    assert 'scalebridge_answers_total{how="computed"} 0' in counted[1]


def test_answer__is_returned_as_deep_as_it_was_computed(tmp_path: Path) -> None:
    app = app_of(tmp_path)
    where = ask(app, "POST", "/answers?depth=causes", POT).headers["location"]
    ask(app, "POST", "/answers?depth=numbers", POT)
    found = ask(app, "GET", where).data
    assert found["bridge"] is not None
    assert "numbers_alone" not in found


def test_answer__that_was_kept_holds_the_proposal_as_it_was_asked(tmp_path: Path) -> None:
    written = yaml.safe_dump(POT) + "# why not\n"
    key = ask(app_of(tmp_path), "POST", "/answers", written, YAML).headers["x-answer-id"]
    kept = GivenAnswers(tmp_path / "data/answers_given").find(key)
    assert kept is not None
    assert (kept.proposal, kept.form) == (written, "yaml")


def test_page__is_that_of_the_whole_answer(tmp_path: Path) -> None:
    app = app_of(tmp_path)
    where = ask(app, "POST", "/answers?depth=numbers", POT).headers["location"]
    page, other = ask(app, "GET", f"{where}/page"), ask(app, "GET", where, headers={"accept": "text/html,*/*"})
    assert page.status == other.status == 200
    assert page.body == other.body
    assert page.headers["content-type"].startswith("text/html")
    assert 'id="scenarios"' in page.body.decode()
    assert ask(app, "GET", where).data["scenarios"] is not None  # the whole answer is kept


def test_page__of_another_run_shows_what_was_given(tmp_path: Path) -> None:
    where = ask(app_of(tmp_path), "POST", "/answers?depth=numbers", POT).headers["location"]
    file = tmp_path / "data" / "answers_given" / f"{where.rpartition('/')[2]}.json"
    data = json.loads(file.read_text())
    data["answer"]["record"]["hashes"]["run"] = "0" * 16
    file.write_text(json.dumps(data))
    page = ask(app_of(tmp_path), "GET", f"{where}/page").body.decode()
    assert "P to 100 L" in page
    assert 'id="scenarios"' not in page


def test_sheet__is_a_workbook(tmp_path: Path) -> None:
    app = app_of(tmp_path)
    where = ask(app, "POST", "/answers?depth=numbers", POT).headers["location"]
    found = ask(app, "GET", f"{where}/sheet")
    assert found.headers["content-type"] == SHEET
    assert openpyxl.load_workbook(BytesIO(found.body)).sheetnames == ["Proposals", "Attributes", "Record"]


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("0" * 16, "No answer 0000000000000000 was given here"),
        ("XYZ", "16 hexadecimal digits"),
        ("..", "16 hexadecimal digits"),
        ("0" * 15 + "\u0663", "16 hexadecimal digits"),
    ],
)
@pytest.mark.parametrize("part", ["", "/page", "/sheet"])
def test_answer__that_was_not_given_is_refused(tmp_path: Path, key: str, sentence: str, part: str) -> None:
    found = ask(app_of(tmp_path), "GET", f"/answers/{key}{part}")
    assert found.status == 404
    assert sentence in found.error


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"product": ""}, "has no `product`"),
        ({"scale": "100 kg"}, "cannot be converted"),
        ({"equipment": "Z"}, "no batch was made on equipment 'Z'"),
        ({"settings": {"agitation": "fast"}}, "is not a number with a unit"),
        ({"settings": {"nonsense": 1}}, "it cannot be set"),
        ({"process": "other"}, "is about process 'other'"),
        ({"bogus": 1}, "bogus: Unexpected keyword argument"),
    ],
)
def test_ask__a_bad_proposal_is_refused_by_a_sentence(tmp_path: Path, change: dict[str, object], words: str) -> None:
    found = ask(app_of(tmp_path), "POST", "/answers", POT | change)
    assert found.status == 422
    assert words in found.error
    assert "\n" not in found.error
    assert not (tmp_path / "data/answers_given").exists()


def test_ask__a_depth_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    found = ask(app_of(tmp_path), "POST", "/answers?depth=all", POT)
    assert found.status == 422
    assert "depth" in found.error


def test_ask__another_type_of_body_is_refused(tmp_path: Path) -> None:
    found = ask(app_of(tmp_path), "POST", "/answers", yaml.safe_dump(POT), {"content-type": "text/plain"})
    assert found.status == 415
    assert "Content-Type: application/json" in found.error


def test_ask__a_proposal_that_names_a_file_reads_none(tmp_path: Path) -> None:
    found = ask(app_of(tmp_path), "POST", "/answers", POT | {"spectra": {"nir": "/etc/passwd"}})
    assert found.status == 422
    assert "root:" not in found.error


def test_ask__does_not_tell_where_the_project_is(tmp_path: Path) -> None:
    app = app_of(tmp_path)
    key = ask(app, "POST", "/answers?depth=numbers", POT).headers["x-answer-id"]
    (tmp_path / "data/answers_given" / f"{key}.json").write_text("{")
    found = ask(app, "GET", f"/answers/{key}")
    assert found.status == 422
    assert f"data/answers_given/{key}.json is not JSON" in found.error
    assert str(tmp_path) not in found.error
