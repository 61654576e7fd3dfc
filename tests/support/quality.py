"""The small process with rows that are set aside for many reasons, and the verdict on it."""

from pathlib import Path

from pipeline.domain.process.process import Process
from pipeline.history.assemble import AssembledHistory
from pipeline.history.quality.causes import Cause
from pipeline.history.quality.verdict import Verdict, verdict
from tests.conftest import process_of
from tests.support.definitions import PlainData
from tests.support.raw_files import history_of

CPP = {"role": "CPP", "horizon": "plan", "description": "x"}


def judged(definition: PlainData, folder: Path) -> tuple[Process, AssembledHistory, Verdict]:
    process, history = process_of(definition), history_of(definition, folder)
    return process, history, verdict(process, history)


def cause_of(found: Verdict, column: str, reason: str = "") -> Cause:
    """The cause of a column whose reason begins so."""
    (cause,) = [one for one in found.causes if one.column == column and one.reason.startswith(reason)]
    return cause


def edits(found: Verdict, column: str, reason: str = "") -> str:
    """The sentences that say what mends a cause."""
    return "\n".join(edit.text for edit in cause_of(found, column, reason).edits)


def eventful(small: PlainData, folder: Path) -> PlainData:
    """Three batches with a gap, a censored result, an impossible value, an orphan, a correction, a lot and a series."""
    header = "batch,product,volume,temperature,titre"
    rows = ["B1,P,5,36,3.1", "B2,P,5,36.5,<0.2", "B3,Q,50,98.6,3", "B4,Q,50,37,"]
    (folder / "batches.csv").write_text("\n".join([header, *rows]) + "\n")
    (folder / "more.csv").write_text("batch,ph\nB1,14.2\nB9,7\n")
    (folder / "lots.csv").write_text("lot,glucose\nL1,10\n")
    (folder / "used.csv").write_text("batch,mat,lot,kg\nB1,media,L1,3\nB2,media,L2,1\nB4,media,L3,1\n")
    (folder / "series.csv").write_text("batch,time,speed,cells\nB1,2024-01-01 00:00,60,1.5\nB1,2024-01-01 00:10,120,\n")
    rule = {"kind": "rescale", "name": "twice", "reason": "written twice", "change": ["ph"], "where": {"product": ["P"]}}
    definition = small | {"materials": {"media": {}}, "corrections": [rule | {"factor": 0.5}]}
    definition["sources"] |= {
        "more": {"gives": "details", "files": ["more.csv"], "key": ["batch"]},
        "lots": {"gives": "lots", "files": ["lots.csv"], "material": "media", "lot": "lot"},
        "used": {"gives": "genealogy", "files": ["used.csv"], "batch": "batch", "material": "mat", "lot": "lot"}
        | {"quantity": "kg"},
        "series": {"gives": "trajectories", "files": ["series.csv"], "batch": "batch", "time": "time"}
        | {"time_format": "%Y-%m-%d %H:%M"},
    }
    definition["attributes"] |= {
        "ph": CPP | {"column": "more.ph"},
        "glucose": CPP | {"role": "CMA", "unit": "g/L", "material": "media", "column": "lots.glucose"},
        "speed": CPP | {"horizon": "in_process", "unit": "rpm", "column": "series.speed"},
        "cells": CPP | {"role": "IPC", "horizon": "in_process", "column": "series.cells"},
    }
    definition["attributes"]["batch"]["column"] = ["batches.batch", "more.batch"]
    return definition
