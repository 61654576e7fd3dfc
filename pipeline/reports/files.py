"""An answer as files: for people, for machines, and the parts that a quality system keeps by themselves."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.domain.config_files import as_json
from pipeline.reports.figures.scenarios import pictures_of
from pipeline.reports.html.page import page
from pipeline.reports.sheets.transfer_map import workbook

SHEET = "transfer_map.xlsx"
PLAIN = "simulation.json"
CARDS = ("model_card", "data_card", "credibility")


def write_answer(result: dict[str, Any], folder: Path) -> list[Path]:
    """Write result.json, report.html, the transfer map (JSON and sheet), model card, data card and credibility report.

    Cards carry the hashes of what the answer stands on. Scenarios, where there are any, are drawn. Returns the files.
    """
    pictures = pictures_of(result)
    folder.mkdir(parents=True, exist_ok=True)
    record, mapped = result["record"], result["transfer_map"]
    kept = {"hashes": record["hashes"], "statement": record["statement"]}
    texts = {
        "result.json": as_json(result),
        "report.html": page(result, pictures),
        "transfer_map.json": as_json(mapped),
        **{f"{name}.json": as_json(record[name] | kept) for name in CARDS},
        **{f"{name}.svg": picture for name, picture in pictures.items()},
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / SHEET).write_bytes(workbook(mapped))
    return [folder / name for name in (*texts, SHEET)]


def write_simulation(result: Mapping[str, Any], folder: Path) -> list[Path]:
    """Write the plain data, the pictures, and the transfer map as a sheet; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures = {f"{name}.svg": picture.encode() for name, picture in pictures_of(result).items()}
    files = {PLAIN: as_json(result).encode(), SHEET: workbook(result["transfer_map"]), **pictures}
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in files]
