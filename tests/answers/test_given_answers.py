"""Answers that were given outlive the program, and none is lost silently."""

import json
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.answers.given_answers import GivenAnswer, GivenAnswers, utc_now
from pipeline.answers.result.answer import Depth
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.places import Places
from tests.support.trained_pot import answered

KEY = "0123456789abcdef"


def given(depth: Depth = "numbers", asked: str = "2026-03-01T08:00:00+00:00", key: str = KEY) -> GivenAnswer:
    return GivenAnswer(id=key, asked=asked, run="r", form="yaml", proposal="name: P", answer=answered(depth=depth))


def test_find__gives_what_was_kept(tmp_path: Path) -> None:
    GivenAnswers(tmp_path).keep(given())
    assert GivenAnswers(tmp_path).find(KEY) == given()
    assert GivenAnswers(tmp_path).find("f" * 16) is None
    assert GivenAnswers(tmp_path).find("../secret") is None


def test_keep__keeps_the_deepest_answer_and_the_first_time(tmp_path: Path) -> None:
    store = GivenAnswers(tmp_path)
    for depth, asked in (("numbers", "1"), ("causes", "2"), ("numbers", "3")):
        store.keep(given(depth, asked))  # type: ignore[arg-type]
    found = store.find(KEY)
    assert found is not None
    assert (found.answer.depth, found.asked) == ("causes", "1")


def test_keep__replaces_the_answer_of_another_program(tmp_path: Path) -> None:
    store = GivenAnswers(tmp_path)
    store.keep(given("causes"))
    new = given("numbers")
    record = new.answer.record
    other = replace(new, answer=replace(new.answer, record=replace(record, hashes=replace(record.hashes, code="new"))))
    assert store.keep(other) == other
    assert store.find(KEY) == other


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"version": 1}', '{"answer": {"version": 99}}', '{"answer": {"version": 1}}']
)
def test_find__names_a_damaged_file_which_is_written_again(tmp_path: Path, text: str) -> None:
    store = GivenAnswers(tmp_path)
    (tmp_path / f"{KEY}.json").write_text(text)
    with pytest.raises(ScalebridgeError, match=KEY):
        store.find(KEY)
    assert len(store.all().unreadable) == 1
    assert store.keep(given()) == store.find(KEY)


def test_all__gives_every_answer_in_the_order_of_asking(tmp_path: Path) -> None:
    store = GivenAnswers(Places.under(tmp_path).answers_given)
    assert store.all().answers == ()
    for number, asked in enumerate(("2026-02", "2026-01", "2026-03")):
        store.keep(given(asked=asked, key=f"{number:016x}"))
    assert [one.asked for one in store.all().answers] == ["2026-01", "2026-02", "2026-03"]
    assert store.all().unreadable == ()


def test_keep__threads_and_a_reader_never_see_half_of_a_file(tmp_path: Path) -> None:
    store, problems = GivenAnswers(tmp_path), list[str]()

    def write() -> None:
        for depth in ("numbers", "causes") * 3:
            store.keep(given(depth))  # type: ignore[arg-type]

    threads = [threading.Thread(target=write) for _ in range(3)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        for file in tmp_path.glob("*.json"):
            json.loads(file.read_text())
        problems += store.all().unreadable
    assert problems == []
    assert [file.name for file in tmp_path.iterdir()] == [f"{KEY}.json"]


def test_utc_now__is_in_utc() -> None:
    assert utc_now().endswith("+00:00")
