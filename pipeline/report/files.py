"""An answer as files: for people, for machines, and the parts that a quality system keeps by themselves."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.decisions.transfer_sheet import workbook
from pipeline.domain.plain import as_json
from pipeline.report.page import page

CARDS = ("model_card", "data_card", "credibility")


def write_answer(result: dict[str, Any], folder: Path, pictures: Mapping[str, str] | None = None) -> list[Path]:
    """Write result.json, report.html, the transfer map (JSON and sheet), model card, data card and credibility report.

    pictures: name → SVG, of a simulation. Cards carry the hashes of what the answer stands on. Returns the files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    record, mapped = result["record"], result["transfer_map"]
    kept = {"hashes": record["hashes"], "statement": record["statement"]}
    texts = {
        "result.json": as_json(result),
        "report.html": page(result, pictures),
        "transfer_map.json": as_json(mapped),
        **{f"{name}.json": as_json(record[name] | kept) for name in CARDS},
        **{f"{name}.svg": picture for name, picture in (pictures or {}).items()},
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "transfer_map.xlsx").write_bytes(workbook(mapped))
    return [folder / name for name in (*texts, "transfer_map.xlsx")]
