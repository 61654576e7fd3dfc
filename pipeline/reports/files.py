"""An answer as files: page, data, and separate files for the records of a quality system."""

from datetime import date
from pathlib import Path

from pipeline.answers.result.answer import Answer, Simulation
from pipeline.answers.result.files import as_text
from pipeline.answers.result.past_predictions import PastPredictions
from pipeline.answers.result.record import Card
from pipeline.domain.whole_files import write_whole
from pipeline.reports.answered_by import answered_by
from pipeline.reports.figures.courses import course_pictures
from pipeline.reports.figures.scenarios import pictures_of
from pipeline.reports.html.page import page
from pipeline.reports.sheets.transfer_map import workbook

SHEET = "transfer_map.xlsx"


def write_answer(answer: Answer, folder: Path) -> list[Path]:
    """Write result.json, report.html, the transfer map (JSON and sheet), model card, data card and credibility report.

    Returns the files. Cards contain the hashes of data, configuration, code and model. Pictures of scenarios and courses
    are written where there are any.
    """
    record, pictures = answer.record, _pictures(answer)
    texts = {
        "result.json": as_text(answer),
        "report.html": page(answer, pictures),
        "transfer_map.json": as_text(answer.transfer_map),
        "model_card.json": as_text(Card(record.model_card, record.hashes, record.statement)),
        "data_card.json": as_text(Card(record.data_card, record.hashes, record.statement)),
        "credibility.json": as_text(Card(record.credibility, record.hashes, record.statement)),
        **{f"{name}.svg": picture for name, picture in pictures.items()},
    }
    return _written(folder, {name: text.encode() for name, text in texts.items()} | {SHEET: _sheet(answer)})


def whole_page(answer: Answer, *, asked: date | None = None, given: PastPredictions | None = None) -> str:
    """Return an answer as a page with all its pictures. asked: the day of the question; given: the record of earlier answers."""
    return page(answer, _pictures(answer), asked=asked, given=given)


def _pictures(answer: Answer) -> dict[str, str]:
    return pictures_of(answer) | course_pictures(answer)


def write_simulation(answer: Answer, folder: Path) -> list[Path]:
    """Write transfer map, scenarios and next runs as data, pictures and sheet. Returns the files."""
    simulation = Simulation(answer.transfer_map, answer.scenarios, answer.next_runs, answer.record)
    pictures = {f"{name}.svg": picture.encode() for name, picture in pictures_of(answer).items()}
    return _written(folder, {"simulation.json": as_text(simulation).encode(), SHEET: _sheet(answer)} | pictures)


def _sheet(answer: Answer) -> bytes:
    return workbook(answer.transfer_map, answered_by(answer))


def _written(folder: Path, files: dict[str, bytes]) -> list[Path]:
    for name, content in files.items():
        write_whole(folder / name, content)
    return [folder / name for name in files]
