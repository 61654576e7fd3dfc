"""A running batch in a terminal: status first, then tags, causes, quality, and what stands behind it."""

import io

import pytest

from pipeline.answers.watch.replay import Outcome
from pipeline.reports.terminal.answer import PlainConsole
from pipeline.reports.terminal.watch import show_outcomes, show_watch
from tests.support import example_watch


def shown(name: str, width: int = 130) -> str:
    console = PlainConsole(width)
    console.file = io.StringIO()
    show_watch(getattr(example_watch, name)(), console)
    return console.file.getvalue()


def test_show_watch__of_a_deviating_batch() -> None:
    text = shown("deviating")
    places = [
        text.index(words)
        for words in (
            "at hour 150 (2026-11-26 14:00:00 UTC)",
            "deviates since hour 94",
            "The alarm is raised",
            "Probable causes: sparger clogging 71 %, contamination 14 %, unknown: a deviation",
            "chance",
            "Of normal batches, at most 5 %",
            "This is advice; the program controls nothing.",
        )
    ]
    assert places == sorted(places)
    row = next(line for line in text.splitlines() if line.startswith("dissolved oxygen"))
    assert row.split()[-6:] == ["middle", "hour", "150", "27", "44", "−8.5"]


def test_show_watch__of_a_normal_batch_names_no_cause() -> None:
    text = shown("normal")
    assert "is as expected at hour 150. Its score is" in text
    assert "Probable causes" not in text


def test_show_watch__of_a_borrowed_limit_says_so() -> None:
    assert "cannot be promised from 14 batches" in shown("first_at_scale")
    assert "Note: No other batch ran at this scale." in shown("first_at_scale", 200)


def test_show_watch__not_judged_is_loud() -> None:
    assert "Batch B-017 is not judged at hour 4: The records hold none of the tags" in shown("not_judged")


@pytest.mark.parametrize("name", ["deviating", "normal", "first_at_scale", "not_judged"])
def test_show_watch__fits_a_narrow_terminal(name: str) -> None:
    assert all(len(line) <= 80 for line in shown(name, 80).splitlines())


def test_show_outcomes__say_whether_the_result_was_expected() -> None:
    watch = example_watch.deviating()
    console = PlainConsole(130)
    console.file = io.StringIO()
    show_outcomes(
        [Outcome(watch.quality[0], 2.5), Outcome(watch.quality[1], 9.0), Outcome(watch.quality[2], None)], watch, console
    )
    rows = console.file.getvalue().splitlines()[1:]
    assert [row.split()[-1] for row in rows] == ["yes", "no", "–"]
