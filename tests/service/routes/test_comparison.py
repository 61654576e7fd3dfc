"""A comparison over HTTP is that of the command."""

from pathlib import Path

import pytest

from pipeline.reports.comparison import comparison
from pipeline.service.routes.comparison import KEYS
from tests.support.asgi import POT, app_of, ask
from tests.support.trained_pot import answered

FAST = POT | {"name": "faster", "settings": {"agitation": "70 rpm", "temperature": "36.85 degC"}}


def test_compare__takes_ids_and_proposals(tmp_path: Path) -> None:
    app = app_of(tmp_path)
    key = ask(app, "POST", "/answers?depth=numbers", POT).headers["x-answer-id"]
    found = ask(app, "POST", "/answers/compare", {"first": key, "second": FAST})
    assert found.status == 200
    assert found.data["ids"][0] == key
    expected = comparison(answered(**POT), answered(**FAST))  # type: ignore[arg-type]
    assert [row["second"] for row in found.data["comparison"]["rows"]] == [row.second for row in expected.rows]
    assert ask(app, "GET", f"/answers/{found.data['ids'][1]}").data["proposal"]["name"] == "faster"


@pytest.mark.parametrize("body", [{}, {"first": POT}, {"first": POT, "second": POT, "third": POT}])
def test_compare__needs_two(tmp_path: Path, body: dict[str, object]) -> None:
    found = ask(app_of(tmp_path), "POST", "/answers/compare", body)
    assert found.status == 422
    assert all(key in found.error for key in KEYS)


def test_compare__refuses_an_id_that_was_not_given(tmp_path: Path) -> None:
    found = ask(app_of(tmp_path), "POST", "/answers/compare", {"first": "0" * 16, "second": POT})
    assert found.status == 404


def test_compare__refuses_what_is_neither(tmp_path: Path) -> None:
    found = ask(app_of(tmp_path), "POST", "/answers/compare", {"first": 7, "second": POT})
    assert found.status == 422
    assert "keys and values" in found.error
