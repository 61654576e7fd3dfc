"""The what-if page in a real browser, with the pot that has stirrers."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.answers.answer import answer
from pipeline.answers.case.case import make_case
from pipeline.answers.case.proposals import read_proposal
from pipeline.answers.profile.point import Point, proposal_of
from pipeline.answers.result.answer import Answer
from pipeline.domain.display import chance, digits
from pipeline.domain.places import Places
from pipeline.service.app import create_app
from pipeline.service.routes.pages import PAGES
from pipeline.service.settings import ServiceSettings
from tests.support.browser import Looker, looking, needs_chromium, numbers_shown, serving, shown, slide, until
from tests.support.serving import free_port
from tests.support.stirred_pot import bare_run, stirred_run

pytestmark = [needs_chromium, pytest.mark.long]
START = "/?product=P&vessel=B&scale=100&set.agitation=60&set.temperature=36.9&set.gas_flow=20"
SETTINGS: dict[str, float | str] = {"agitation": 60.0, "temperature": 36.9, "gas_flow": 20.0}


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def looker_of_module(port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Looker]:
    places = Places.under(tmp_path_factory.mktemp("project") / "data")
    app = create_app(ServiceSettings(places, port=port), stirred_run())
    with serving(app, port) as address, looking(address) as found:
        yield found


@pytest.fixture
def looker(looker_of_module: Looker) -> Iterator[Looker]:
    looker_of_module.problems.clear()
    yield looker_of_module
    looker_of_module.close()
    assert looker_of_module.problems == []


def _answer(**changes: float) -> Answer:
    run = stirred_run()
    return answer(
        make_case(proposal_of(run.process, Point("P", 100.0, "B", "There", SETTINGS | changes)), run), run, depth="numbers"
    )


def _texts(found: Answer) -> tuple[str, str]:
    predicted, joint = found.attributes["titre"].predicted, found.joint
    assert predicted is not None
    assert joint is not None
    return digits(predicted.value), chance(joint.probability, joint.supported)


def _shown(view: Any) -> tuple[str, str]:
    return view.locator("[data-attribute=titre] .predicted").text_content(), view.locator("#chance").text_content()


def _serious(view: Any) -> list[tuple[str, str]]:
    """Serious and critical findings of axe-core: rule and first element."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(view).response["violations"]
    return [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")]


def test_slider__moves_the_numbers_to_those_of_the_answer(looker: Looker) -> None:
    view = looker.open(START)
    shown(view)
    assert _shown(view) == _texts(_answer())
    for warmth in (36.5, 37.3):
        slide(view, "temperature", warmth)
        numbers_shown(view)
        assert view.locator("#set-temperature").input_value() == f"{warmth:g}"
        assert _shown(view) == _texts(_answer(temperature=warmth))


def test_curves__have_a_picture_per_setting_and_can_be_dragged(looker: Looker) -> None:
    view = looker.open(START)
    shown(view)
    assert view.locator("table.profiler tbody tr").count() == 2
    cell = view.locator("td[data-column=temperature] svg.curve").first
    box = cell.bounding_box()
    view.mouse.move(box["x"] + box["width"] / 2, box["y"] + 40)
    view.mouse.down()
    view.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 40, steps=5)
    view.mouse.up()
    shown(view)
    warmth = float(view.locator("#set-temperature").input_value())
    assert warmth > 37.5
    assert _shown(view) == _texts(_answer(temperature=warmth))
    view.locator("#undo").click()
    shown(view)
    assert view.locator("#set-temperature").input_value() == "36.9"


def test_undo_and_redo__by_button_and_by_key(looker: Looker) -> None:
    view = looker.open(START)
    shown(view)
    first = _shown(view)
    assert view.locator("#undo").is_disabled()
    for part in (36.6, 36.7, 36.8):  # one drag is one change
        slide(view, "temperature", part, settle=False)
    slide(view, "temperature", 37.5)
    numbers_shown(view)
    second = _shown(view)
    view.keyboard.press("Control+z")
    numbers_shown(view)
    until(lambda: _shown(view) == first)
    assert view.locator("#set-temperature").input_value() == "36.9"
    assert view.locator("#undo").is_disabled()
    view.keyboard.press("Control+Shift+z")
    numbers_shown(view)
    until(lambda: _shown(view) == second)
    view.locator("#undo").click()
    numbers_shown(view)
    until(lambda: _shown(view) == first)


def test_link__opens_the_same_state_and_names_its_run(looker: Looker) -> None:
    view = looker.open(START)
    shown(view)
    slide(view, "temperature", 37.2)
    view.locator("#set-agitation-hold").select_option("tip_speed")
    shown(view)
    view.locator("#link").click()
    until(lambda: "copied" in view.locator("#done").text_content())
    link = view.evaluate("navigator.clipboard.readText()")
    other = looker.open(link.removeprefix(looker.address))
    shown(other)
    assert _shown(other) == _shown(view)
    assert other.locator("#set-agitation-hold").input_value() == "tip_speed"
    assert other.locator("#link-note").is_hidden()
    assert f"run={stirred_run().hashes.run}" in link
    stranger = looker.open(re.sub(r"run=[^&]*", "run=0123", link.removeprefix(looker.address)))
    shown(stranger)
    assert "made with run 0123" in stranger.locator("#link-note").text_content()


def test_save__is_a_proposal_that_is_answered_with_the_same_numbers(looker: Looker, tmp_path: Path) -> None:
    view = looker.open(START)
    shown(view)
    slide(view, "temperature", 37.1)
    view.locator("#set-agitation-hold").select_option("power_per_volume")
    shown(view)
    with view.expect_download() as waited:
        view.locator("#save").click()
    file = tmp_path / "p.yaml"
    waited.value.save_as(file)
    assert waited.value.suggested_filename == "P_100_L_B.yaml"
    assert yaml.safe_load(file.read_text())["hold"] == {"agitation": "power_per_volume"}
    run = stirred_run()
    assert _texts(answer(make_case(read_proposal(file), run), run)) == _shown(view)


def test_hold__solves_the_setting_anew_when_the_scale_moves(looker: Looker) -> None:
    view = looker.open(START)
    shown(view)
    view.locator("#set-agitation-hold").select_option("power_per_volume")
    shown(view)
    field = view.locator("#set-agitation")
    assert field.is_disabled()
    before = float(field.input_value())
    slide(view, "volume", 80)
    shown(view)
    assert float(field.input_value()) == pytest.approx(before * 0.8 ** (1 / 3), rel=2e-3)  # P/V ∝ N³/V
    assert "holds power per volume at" in view.locator("#set-agitation-note").text_content().lower()
    assert view.locator("[data-quantity='bioreactor.power_per_volume']").text_content().endswith("×1matched")
    assert view.locator("td[data-column=agitation]").count() == 0


def test_compare__shows_two_pinned_states_and_their_differences(looker: Looker) -> None:
    view = looker.open(START)
    shown(view)
    assert view.locator("#compare-part").is_hidden()
    view.locator("#pin-a").click()
    slide(view, "temperature", 37.5)
    numbers_shown(view)
    view.locator("#pin-b").click()
    lines = view.locator("#compare tbody tr").all()
    rows = {line.locator("th").text_content(): line.locator("td").all_text_contents() for line in lines}
    assert rows["temperature"] == ["°C", "36.9", "37.5", "+0.6"]
    one, other = (_answer(temperature=warmth).attributes["titre"].predicted for warmth in (36.9, 37.5))
    assert one is not None
    assert other is not None
    assert rows["titre"][1].startswith(digits(one.value))
    assert rows["titre"][3] == f"+{digits(other.value - one.value)}"
    view.locator("#go-a").click()
    numbers_shown(view)
    until(lambda: view.locator("#set-temperature").input_value() == "36.9")
    view.locator("#unpin").click()
    assert view.locator("#compare-part").is_hidden()


def test_report_and_sheet__are_those_of_the_state(looker: Looker, tmp_path: Path) -> None:
    view = looker.open(START)
    shown(view)
    slide(view, "temperature", 37.2)
    shown(view)
    with view.expect_download() as waited:
        view.locator("#sheet").click()
    waited.value.save_as(tmp_path / "answer.xlsx")
    assert (tmp_path / "answer.xlsx").read_bytes().startswith(b"PK")
    with view.context.expect_page() as opened:
        view.locator("#report").click()
    report = opened.value
    until(lambda: report.locator("#answer, main, h1").count() > 0)
    text = report.locator("body").text_content()
    assert "P to 100 L" in text
    assert _shown(view)[1] in text


def test_impossible_value__is_explained_beside_the_field(looker: Looker) -> None:
    view = looker.open(START)
    shown(view)
    field = view.locator("#set-temperature")
    field.fill("99")
    field.press("Enter")
    words = "temperature of 99 °C is not possible. It must lie in the range 0 to 60 °C."
    assert view.locator("#refusal").text_content() == words
    assert view.locator("[data-setting=temperature] .problem").text_content() == words
    assert field.get_attribute("aria-invalid") == "true"
    assert view.locator("#stale-note").is_visible()
    assert _serious(view) == []
    view.locator("[data-setting=temperature] .reset").click()
    numbers_shown(view)
    until(lambda: view.locator("#refusal").is_hidden())


def test_refusal_of_the_service__is_shown_in_its_words(looker: Looker) -> None:
    view = looker.open(START)
    shown(view)
    view.locator("#scale").fill("0.01")
    view.locator("#scale").press("Enter")
    until(lambda: "lies below the reference scale" in view.locator("#refusal").text_content())
    looker.problems.clear()  # the browser notes that the request was refused


def test_place__of_another_vessel_brings_its_site_scale_and_usual_settings(looker: Looker) -> None:
    view = looker.open(START)
    shown(view)
    slide(view, "temperature", 37.5)
    numbers_shown(view)
    view.locator("#equipment").select_option("A")
    until(lambda: view.locator("#site").text_content() == "Here")
    shown(view)
    assert view.locator("#scale").input_value() == "1"
    assert float(view.locator("#set-agitation").input_value()) > 200
    assert view.locator("#set-temperature").input_value() == "37.5"  # set by hand, and usual for the product
    view.locator("#undo").click()
    until(lambda: view.locator("#site").text_content() == "There")
    shown(view)
    assert view.locator("#set-agitation").input_value() == "60"


def test_choice_of_rows_and_columns__is_kept_in_the_link(looker: Looker) -> None:
    view = looker.open(START)
    shown(view)
    view.locator("#choose summary").click()
    view.locator("#choose-columns input[value=gas_flow]").uncheck()
    until(lambda: view.locator("table.profiler td[data-column=gas_flow]").count() == 0)
    assert "columns=" in view.url
    other = looker.open(view.url.removeprefix(looker.address))
    shown(other)
    assert other.locator("table.profiler td[data-column=gas_flow]").count() == 0
    assert other.locator("table.profiler td[data-column=temperature]").count() == 2


@pytest.mark.parametrize("path", ["/", START])
@pytest.mark.parametrize("width", [768, 1280])
def test_page__fits_and_is_accessible(looker: Looker, path: str, width: int) -> None:
    view = looker.open(path, width=width)
    shown(view)
    view.locator("#pin-a").click()
    assert view.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert _serious(view) == []


def test_keyboard__moves_a_slider_by_its_step(looker: Looker) -> None:
    view = looker.open(START)
    shown(view)
    slider = view.locator("#set-temperature-slider")
    slider.focus()
    view.keyboard.press("ArrowRight")
    numbers_shown(view)
    moved = float(view.locator("#set-temperature").input_value())
    assert moved == pytest.approx(36.9 + float(slider.get_attribute("step")))
    assert slider.get_attribute("aria-valuetext").endswith(" °C")


def test_print__has_the_numbers_and_few_pages(looker: Looker) -> None:
    view = looker.open(START)
    shown(view)
    pdf = view.pdf(format="A4", print_background=True)
    assert pdf.startswith(b"%PDF")
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 4


def test_stopped_service__is_said_and_the_page_comes_back(looker: Looker) -> None:
    port, run = free_port(), stirred_run()
    settings = ServiceSettings(Places.under(Path("nowhere")), port=port)
    found = Looker(looker.browser, f"http://127.0.0.1:{port}")  # its errors are wanted: the browser notes what failed
    with serving(create_app(settings, run), port):
        view = found.open(START)
        shown(view)
    slide(view, "temperature", 37.5)
    until(lambda: view.locator("#banner").is_visible())
    assert "The service does not answer" in view.locator("#banner").text_content()
    with serving(create_app(settings, run), port):
        until(lambda: view.locator("#banner").is_hidden())
        until(lambda: _shown(view) == _texts(_answer(temperature=37.5)))
    found.close()


def test_navigation__reaches_all_pages(looker: Looker) -> None:
    view = looker.open(START)
    shown(view)
    for address in (*PAGES, ""):
        view.locator(f"nav a[href='/{address}']").click()
        view.wait_for_load_state("load")
        until(lambda address=address: view.url.partition("?")[0] == f"{looker.address}/{address}")
        assert view.locator("h1").count() == 1
        assert view.locator("nav a[aria-current=page]").get_attribute("href") == f"/{address}"
        until(lambda: view.locator("#run").text_content().endswith(stirred_run().hashes.run))
    shown(view)


def test_process_without_product_scale_and_vessel__shows_settings_and_answers(looker: Looker, tmp_path: Path) -> None:
    app = create_app(ServiceSettings(Places.under(tmp_path / "data")), bare_run())
    with serving(app, free_port()) as address:
        found = Looker(looker.browser, address)
        view = found.open()
        shown(view)
        assert [view.locator(f"#{id_}").is_visible() for id_ in ("product", "equipment", "scale", "site")] == [False] * 4
        before = _shown(view)
        slide(view, "temperature", 37.3)
        shown(view)
        assert _shown(view) != before
        past = found.open("/history")
        until(lambda: past.locator("#picture circle").count() == 48)
        found.close()
    assert found.problems == []


def test_numbers__are_written_as_in_the_report(looker: Looker) -> None:
    view = looker.open(START)
    values = [0.0, 0.125, 12.25, 2.675, 1234.5, 1235.5, 999.5, 99.95, 0.00012345, 0.00001234, 15000.0, 12345678.0]
    values += [-3.14159, -3.1e-5, 1e-9, 0.1 + 0.2, 1e7, 999999.5, 6.02e23]
    script = """async ([values, count]) => {
      const format = await import('/pages/format.js');
      return values.map((value) => format.digits(value, count));
    }"""
    for count in (3, 4):
        assert view.evaluate(script, [values, count]) == [digits(value, count) for value in values]
