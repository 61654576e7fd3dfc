"""Proposals damaged in bytes, lines, keys and values, with a seed. Each gives an answer without NaN, or one sentence."""

import json
import random
from dataclasses import replace
from html import escape
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

from pipeline.answers.answer import answer
from pipeline.answers.case.case import read_case
from pipeline.answers.result.files import as_text
from pipeline.domain.errors import ScalebridgeError
from pipeline.reports.figures.scenarios import pictures_of
from pipeline.reports.html.page import page
from tests.support.damaged_yaml import damaged
from tests.support.project import PROPOSAL
from tests.support.trained_pot import answered, trained_run

WHOLE = PROPOSAL | {
    "question": "Does the titre rise?",
    "lots": {"media": [{"lot": "L00", "fraction": 0.5}, {"lot": "L01", "fraction": 0.5}]},
    "reference_scale": "1 L",
    "tolerances": {"agitation": "6 rpm", "temperature": {"sd": "0.2 degC"}},
}
"""A proposal that uses every key."""
RAW = yaml.safe_dump(WHOLE, sort_keys=False).encode()
SEEDS, OF_EACH = range(4), 200


def _no_number(constant: str) -> None:
    raise AssertionError(constant)


def _check(path: Path, shown: bool) -> bool:
    """Answer a proposal. Returns whether it was answered."""
    try:
        found = answer(read_case(path, trained_run()), trained_run())
    except ScalebridgeError as error:
        if not 0 < len(str(error).strip()) < 3000:
            raise
        return False
    json.loads(as_text(found), parse_constant=_no_number)
    if shown:
        text = page(found)
        assert "<script>" not in text
        assert "\x1b" not in text
        assert "\u202e" not in text
    return True


@pytest.mark.long
@pytest.mark.parametrize("seed", SEEDS)
def test_damaged_proposals__are_answered_without_nan_or_refused_with_a_sentence(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    path = tmp_path / "proposal.yaml"
    answered = 0
    for nth in range(OF_EACH):
        path.write_bytes(damaged(RAW, rng))
        answered += _check(path, shown=nth % 8 == 0)
    assert 0 < answered < OF_EACH


def test_whole_proposal__is_answered(tmp_path: Path) -> None:
    """Without damage there is an answer, so what the damaged ones test is not refused for another reason."""
    path = tmp_path / "proposal.yaml"
    path.write_bytes(RAW)
    assert _check(path, shown=True)


@pytest.mark.parametrize(
    "text", ["[bold]", "<script>alert(1)</script>", "{P7}", "${x}", "P$1$", "\x1b[31mred", "a\u202eb", "../../x", "名 前"]
)
def test_names__may_be_any_text_and_are_never_a_command(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from pipeline.reports.comparison import comparison, show_comparison
    from pipeline.reports.terminal.answer import show, show_reasons, terminal
    from pipeline.reports.terminal.scenarios import show_simulation

    path = tmp_path / "proposal.yaml"
    path.write_text(yaml.safe_dump(PROPOSAL | {"name": text, "product": text, "question": text}), encoding="utf-8")
    found = answer(read_case(path, trained_run()), trained_run())
    assert found.proposal.product == text
    for print_it in (show, show_reasons, show_simulation):
        print_it(found, terminal())
    show_comparison(comparison(found, found), terminal())
    said, shown = capsys.readouterr().out, page(found)
    for command in ("\x1b", "\u202e", "<script>alert"):
        assert command not in shown
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert text.replace("\x1b", "␛").replace("\u202e", "\ufffd") in said


@pytest.mark.filterwarnings("ignore:Glyph .* missing from")
@pytest.mark.parametrize("text", ["P(x) = $\\foo$", "5 $", "<b>titre</b>", "\x1b[31mtitre", "ti\u202etre"])
def test_display_names__are_plain_text_in_pictures_and_on_the_page(text: str) -> None:
    names = dict.fromkeys(("titre", "agitation", "temperature"), text)
    found = replace(answered(depth="whole", tolerances=PROPOSAL["tolerances"], limits=PROPOSAL["limits"]), names=names)
    pictures = pictures_of(found)
    assert len(pictures) == 3
    shown = text.replace("\x1b", "␛").replace("\u202e", "\ufffd")
    for picture in pictures.values():
        assert shown in "".join(ElementTree.fromstring(picture).itertext())  # an SVG is XML, which has no control characters
    assert escape(shown, quote=False) in page(found, pictures)
