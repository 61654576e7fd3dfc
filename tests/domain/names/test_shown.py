"""Text of people is shown as it is, and is never a command."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from pipeline.domain.names.shown import plain_text, visible


@given(st.text())
def test_plain_text__holds_no_control_character_and_changes_nothing_else(text: str) -> None:
    shown = plain_text(text)
    assert len(shown) == len(text)
    assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t"]
    assert all(
        new == old or unicodedata.category(old) in ("Cc", "Cs", "Cf", "Zl", "Zp")
        for new, old in zip(shown, text, strict=True)
    )


@pytest.mark.parametrize("text", ["[bold]", "<script>", "{P7}", "µmol/L, 37 °C, pCO₂ → 5 %", "収率\n\tx", "עברית"])
def test_plain_text__leaves_text_as_it_is(text: str) -> None:
    assert plain_text(text) == text


def test_plain_text__shows_escape_sequences_and_changes_of_direction() -> None:
    assert plain_text("\x1b]0;title\x07\r\x7f\x9b31m") == "␛]0;title␇␍␡\ufffd31m"
    assert plain_text("abc\u202e\u2066\u200b\u2028\udcff") == "abc" + "\ufffd" * 5


def test_visible__keeps_what_is_escaped_and_what_is_no_text() -> None:
    found = visible(Markup("<b>\x1b</b>"))
    assert isinstance(found, Markup)
    assert found == "<b>␛</b>"
    assert visible(5) == 5
