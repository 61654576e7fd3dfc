"""An answer in a terminal has the numbers of the page, and says what is refused."""

from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from pipeline.answers.result.answer import Answer
from pipeline.answers.result.files import as_text, read_answer
from pipeline.reports.html.page import page
from pipeline.reports.terminal.answer import show, show_reasons
from tests.support.example_result import example
from tests.support.foaming_pot import foaming_answer
from tests.support.trained_pot import answered

ANSWER = example()
REASON = "its model reads copper, method missing at There: no assay"


def printed(answer: Answer, width: int = 200) -> str:
    console = Console(file=StringIO(), width=width)
    show(answer, console)
    show_reasons(answer, console)
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def test_terminal__prints_reasons_and_what_holding_costs() -> None:
    text = printed(ANSWER)
    assert ANSWER.sentences[0].text in text.replace("\n", " ")
    assert "Holding tip speed constant needs agitation" in text
    assert "Left out: gassed power ratio" in text
    assert not any(line.lstrip().startswith("gassed power") for line in text.splitlines())
    assert "Chance that one batch meets all specifications: 42 %" in text


def test_terminal__a_narrow_one_gets_the_90_percent_interval_alone() -> None:
    assert "80 % interval" in printed(ANSWER)
    assert "80 % interval" not in printed(ANSWER, 100)
    assert "90 % interval" in printed(ANSWER, 100)


def test_terminal__a_stated_gap_is_shown_with_its_reason() -> None:
    blocked = answered({"There": {"copper": {"method": "missing", "note": "no assay"}}})
    text = printed(blocked)
    assert f"titre is not answered: {REASON}" in text
    assert "No chance that one batch meets all specifications is given" in text
    assert f'<span class="mark bad">not answered</span> {REASON}' in page(blocked)
    assert "copper blocks titre" in page(blocked)


def test_terminal__a_refusal_by_the_domain_is_the_sentence_of_the_page() -> None:
    far = answered(scale="20000 L", equipment=None)
    assert far.domain.sentence in " ".join(printed(far).split())
    assert '<span class="mark bad">refused</span>' in page(far)


@pytest.mark.parametrize("show_answer", [printed, page], ids=["terminal", "page"])
def test_answer__shows_no_product_where_the_process_states_none(
    show_answer: Callable[[Answer], str], tmp_path: Path
) -> None:
    file = tmp_path / "result.json"
    file.write_text(as_text(ANSWER).replace('"P"', '"quetzal"'), encoding="utf-8")
    stated = read_answer(file)
    assert show_answer(stated).count("quetzal") > 2
    assert "quetzal" not in show_answer(replace(stated, proposal=replace(stated.proposal, product_stated=False)))


def test_terminal__says_what_the_process_is_expected_to_show() -> None:
    answer = foaming_answer()
    assert answer.intermediates is not None
    text = " ".join(printed(answer).split())
    assert f"What the process is expected to show: {answer.intermediates.expected['foam'].sentence}" in text
    assert "expected to show" not in printed(ANSWER)


def test_terminal__names_the_run_and_the_models() -> None:
    found = answered()
    assert "(titre)." in " ".join(printed(found).split())
    assert "Answered by " in printed(found)
