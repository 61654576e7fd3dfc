"""A small history of three clients in files of every kind: alpha (A), beta (B) and gamma (C), and a lot that all use."""

from pathlib import Path

import polars as pl

from pipeline.domain.config_files import parse
from pipeline.domain.scope import Scope
from pipeline.history.assemble import AssembledHistory, assemble
from pipeline.history.clients.within_scope import within_scope
from pipeline.history.ingest import ingest
from tests.conftest import process_of
from tests.support.definitions import PlainData
from tests.support.quality import CPP
from tests.support.raw_files import batches_csv

CLIENTS = {"alpha": ["A"], "beta": ["B"], "gamma": ["C"]}


def scope(**more: object) -> Scope:
    """Return a scope of alpha, to which beta teaches without names, and gamma is kept out."""
    plain = {"client": "alpha", "attribute": "product", "clients": CLIENTS, "teach": {"beta": "anonymous"}} | more
    found: Scope = parse(Scope, plain, "scope")
    return found


def three_clients(definition: PlainData, folder: Path) -> PlainData:
    """Write the files, and return the process definition."""
    batches_csv(
        folder, "A1,A,1,36,", "A2,A,1,warm,", "A3,A,10,37,", "B1,B,1,36,", "B2,B,1,cold,", "B3,B,10,37,", "C1,C,1,36,"
    )
    (folder / "lims.csv").write_text("b,t,v\nA1,T,3\nA3,T,4\nB1,T,5\nB3,T,much\nC1,T,6\n")
    (folder / "used.csv").write_text(
        "batch,mat,lot,kg\nA1,media,shared,3\nB1,media,shared,3\nA3,media,LA,1\nB3,media,LB,1\nC1,media,LC,1\n"
    )
    (folder / "lots.csv").write_text("lot,glucose\nshared,10\nLA,11\nLB,12\nLC,13\n")
    for name in ("A1", "B1", "C1"):
        (folder / f"series_{name}.csv").write_text(
            f"batch,time,speed\n{name},2024-01-01 00:00:00,60\n{name},2024-01-01 00:10:00,61\n"
        )
    made = definition
    used = {"gives": "genealogy", "files": ["used.csv"], "batch": "batch", "material": "mat", "lot": "lot", "quantity": "kg"}
    made["sources"] |= {
        "lims": {
            "gives": "results",
            "files": ["lims.csv"],
            "batch": "b",
            "test": "t",
            "value": "v",
            "names": {"T": "titre"},
        },
        "used": used,
        "lots": {"gives": "lots", "files": ["lots.csv"], "material": "media", "lot": "lot"},
        "series": {"gives": "trajectories", "files": ["series_*.csv"], "batch": "batch", "time": "time"},
    }
    made["attributes"] |= {
        "glucose": CPP | {"role": "CMA", "material": "media", "column": "lots.glucose"},
        "speed": CPP | {"horizon": "in_process", "column": "series.speed"},
    }
    return made


def scoped(definition: PlainData, folder: Path, given: Scope) -> tuple[AssembledHistory, pl.DataFrame]:
    """Read the files, and return what the scope leaves of the history, and the hidden names."""
    process = process_of(definition)
    typed = ingest(process, folder)
    rows = {name: one.rows for name, one in typed.items()}
    quarantine, ledger = (pl.concat([getattr(one, part) for one in typed.values()]) for part in ("quarantine", "ledger"))
    return within_scope(process, assemble(process, rows, quarantine, ledger), rows, given)


def texts_of(history: AssembledHistory) -> set[str]:
    """Return every text in every table, and the notes."""
    found: set[str] = set(history.notes)
    for table in history.tables().values():
        for column in table.select(pl.selectors.by_dtype(pl.String, pl.Categorical)).iter_columns():
            found |= {str(value) for value in column.drop_nulls()}
    return found
