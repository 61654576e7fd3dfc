"""An answer that is given is kept whole, and on record with who asked what of which run and when."""

from pathlib import Path

from pipeline.answers.given_answers import GivenAnswers
from pipeline.answers.past_predictions.giving import AskedText, give
from pipeline.answers.past_predictions.on_record import as_json_text, read_record, user_name
from pipeline.answers.past_predictions.record_of_run import record_of_run
from pipeline.domain.places import Places
from tests.support.pot import proposal
from tests.support.trained_pot import answered, trained_run

RUN = trained_run()


def given(places: Places, name: str = "P to 100 L") -> str:
    own = proposal(name=name)
    return give(places, AskedText(own, as_json_text(own), "json"), answered(name=name), RUN).id


def test_give__keeps_the_answer_and_what_the_record_needs(tmp_path: Path) -> None:
    places = Places.under(tmp_path)
    key = given(places)
    [one] = read_record(places, "pot").asked
    assert (one.given.id, one.given.by, one.given.name) == (key, user_name(), "P to 100 L")
    assert one.proposal == proposal()
    titre = answered().attributes["titre"].predicted
    assert titre is not None
    assert one.given.predicted["titre"].value == titre.value
    own = RUN.history.batches.filter(RUN.history.batches["product"] == "P")["batch_id"].to_list()
    assert list(one.given.known) == sorted(own)
    kept = GivenAnswers(places.answers_given).find(key)
    assert kept is not None
    assert kept.answer == answered()


def test_give__the_first_time_stays_and_the_same_question_is_kept_once(tmp_path: Path) -> None:
    places = Places.under(tmp_path)
    assert given(places) == given(places)
    assert given(places, "another title") != given(places)
    assert len(read_record(places, "pot").asked) == 2


def test_record__of_another_process_is_left_out_and_a_damaged_file_is_named(tmp_path: Path) -> None:
    places = Places.under(tmp_path)
    key = given(places)
    assert read_record(places, "another").asked == ()
    file = tmp_path / "answers_given/record" / f"{key}.json"
    file.write_text("{", encoding="utf-8")
    found = record_of_run(places, RUN)
    assert found.answers == 0
    assert len(found.unreadable) == 1
    assert str(file) in found.unreadable[0]
