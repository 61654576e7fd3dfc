"""A small process of three steps with batches of their own: culture, capture and fill."""

from pathlib import Path

from tests.support.definitions import PlainData

_FILES = {
    "cultures.csv": "Culture,Molecule,Inoculated,Volume L,Temperature C,Titre g/L,Reactor\n"
    "C1,A,2024-01-01,10,36,2.0,R1\nC2,A,2024-01-05,30,37,4.0,R2\nC3,A,2024-02-01,100,36,<0.1,R1\nC9,B,2024-03-01,100,36,3,R1\n",
    "captures.csv": "Lot,Column L,Load g,Eluate g,Flow-through g\nP1,2,140,120,14\nP2,2,50,45,4\nP3,1,60,70,1\n",
    "fills.csv": "Batch,Speed rpm,HMW %\nF1,100,1.0\nF2,100,1.5\nF3,120,2.0\n",
    "transfers.csv": "From,To,g\nC1,P1,20\nC2,P1,120\nC3,P2,50\nC3,P3,60\nP1,F1,60\nP1,F2,40\nP2,F2,40\nP3,F3,70\n",
    "capture_lab.csv": "Lot,Test,Result\nP1,HMW pool,3.0\nP2,HMW pool,1.0\nP3,HMW pool,<0.5\n",
    "resin_uses.csv": "Lot,Material,Resin lot,Share\nP1,resin,RA,1\nP2,resin,RB,1\nP3,resin,RA,1\n",
    "resin_lots.csv": "Resin lot,Capacity\nRA,50\nRB,40\n",
}


def steps_files(folder: Path, **changes: str) -> None:
    """Write the raw files; changes: name of a file without its ending → text instead."""
    for name, text in _FILES.items():
        (folder / name).write_text(changes.get(name.removesuffix(".csv"), text))


def steps_definition(**changes: object) -> PlainData:
    """The definition as plain data, with changes at the top level."""
    plan = {"role": "CPP", "horizon": "plan", "description": "x"}
    name = {"role": "identifier", "horizon": "plan", "kind": "text", "description": "x"}
    amount = {"role": "CPP", "horizon": "in_process", "description": "x", "unit": "g"}
    ipc = {"role": "IPC", "horizon": "in_process", "description": "x"}
    definition: PlainData = {
        "name": "train",
        "title": "Culture, capture, fill",
        "batch": "fill_batch",
        "product": "molecule",
        "started": "inoculated",
        "equipment": "reactor",
        "scale": {"attribute": "volume"},
        "steps": {
            "culture": {"batch": "culture_batch", "scale": {"attribute": "volume"}, "equipment": "reactor"},
            "capture": {
                "batch": "capture_batch",
                "scale": {"attribute": "column_volume"},
                "materials": ["resin"],
                "balances": {"product": {"taken": ["load"], "given": ["eluate"], "lost": ["flow_through"]}},
            },
            "fill": {"batch": "fill_batch"},
        },
        "materials": {"resin": {}},
        "sources": {
            "cultures": {"gives": "batches", "step": "culture", "files": ["cultures.csv"]},
            "captures": {"gives": "batches", "step": "capture", "files": ["captures.csv"]},
            "fills": {"gives": "batches", "files": ["fills.csv"]},
            "transfers": {
                "gives": "transfers",
                "files": ["transfers.csv"],
                "from_batch": "From",
                "to_batch": "To",
                "quantity": "g",
            },
            "capture_lab": {
                "gives": "results",
                "step": "capture",
                "files": ["capture_lab.csv"],
                "batch": "Lot",
                "test": "Test",
                "value": "Result",
                "names": {"HMW pool": "pool_hmw"},
            },
            "resin_uses": {
                "gives": "genealogy",
                "step": "capture",
                "files": ["resin_uses.csv"],
                "batch": "Lot",
                "material": "Material",
                "lot": "Resin lot",
                "quantity": "Share",
            },
            "resin_lots": {"gives": "lots", "files": ["resin_lots.csv"], "material": "resin", "lot": "Resin lot"},
        },
        "attributes": {
            "culture_batch": {**name, "column": "cultures.Culture"},
            "capture_batch": {**name, "column": "captures.Lot"},
            "fill_batch": {**name, "column": "fills.Batch"},
            "molecule": {**name, "role": "context", "column": "cultures.Molecule"},
            "reactor": {**name, "role": "context", "column": "cultures.Reactor"},
            "inoculated": {
                **name,
                "kind": "date",
                "column": {"source": "cultures", "column": "Inoculated", "date": "%Y-%m-%d"},
            },
            "volume": {**plan, "role": "scale", "unit": "L", "column": "cultures.Volume L"},
            "column_volume": {**plan, "role": "scale", "unit": "L", "column": "captures.Column L"},
            "temperature": {**plan, "unit": "degC", "column": "cultures.Temperature C"},
            "titre": {**ipc, "unit": "g/L", "reporting_limit": 0.1, "column": "cultures.Titre g/L"},
            "load": {**amount, "column": "captures.Load g"},
            "eluate": {**amount, "column": "captures.Eluate g"},
            "flow_through": {**amount, "column": "captures.Flow-through g"},
            "load_per_resin": {
                **plan,
                "horizon": "in_process",
                "unit": "g/L",
                "derive": {"kind": "ratio", "of": ["load", "column_volume"]},
            },
            "pool_hmw": {**ipc, "unit": "%"},
            "resin_capacity": {
                "role": "CMA",
                "horizon": "plan",
                "description": "x",
                "unit": "g/L",
                "material": "resin",
                "column": "resin_lots.Capacity",
            },
            "speed": {**plan, "unit": "rpm", "column": "fills.Speed rpm"},
            "hmw": {"role": "CQA", "horizon": "release", "description": "x", "unit": "%", "column": "fills.HMW %"},
        },
    }
    return definition | changes
