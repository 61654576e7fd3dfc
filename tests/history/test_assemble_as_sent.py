"""A small history as an engineer sends it is read by declared rules: nothing is edited by hand, nothing is lost."""

from datetime import datetime
from pathlib import Path

import pytest

from pipeline.history.assemble import AssembledHistory
from tests.support.definitions import PlainData
from tests.support.raw_files import history_of
from tests.support.workbooks import workbook

DAY = "dd.mm.yyyy"
RECORDS = [
    ["Identification", None, None, None, "Process settings", None, "Remarks"],
    ["Batch No.", "Product", "Volume [L]", "Start date", "Temp. [°C]", "Air [L/min]", "Comment"],
    ["B19-001", "Prod-A", 2, (datetime(2019, 1, 12), DAY), 36, 0.42, 'hose 1/2" ID'],
    ["B19-002", None, 2, "25.01.2019", "36,4", "0,39", None],
    ["B19-003", None, 50, (datetime(2019, 2, 24), DAY), "n.d.", 6.42, None],
    ["B19-004", "Prod-B", 2, "2019-04-04", 36.2, 0.44, None],
    ["B19-005", None, 500, (datetime(2019, 5, 20), DAY), 37.7, "ca. 38", None],
    ["Mean", None, None, None, "=AVERAGE(E3:E7)", None, None],
]
LIMS = """Sample ID;Batch;Test;Result;Unit;Date of analysis;Status
S01;B19-001;Titer (HPLC);4,31;g/L;01.02.2019;released
S02;B19-001;Residual impurity;<0,05;%;01.02.2019;released
S03;b19-002;Titer (HPLC);3778;mg/L;08.02.2019;released
S04;B19-002;Residual impurity;0,136;%;08.02.2019;retest
S04R;B19-002;Residual impurity;0,140;%;08.02.2019;released
S05;B19-003;Titer (HPLC);n.d.;g/L;14.02.2019;released
S06;B19-004;Titer (HPLC);pending;g/L;24.02.2019;released
S07;B19-004;Residual impurity;0,02;%;24.02.2019;released

Printed 12.03.2023 by J. Meier
"""


def definition() -> PlainData:
    def column(source: str, name: str, **more: object) -> PlainData:
        return {"column": [{"source": source, "column": name, **more}], "description": "x", "horizon": "plan"}

    text, number = {"kind": "text"}, {"role": "CPP"}
    date = {"date": ["%d.%m.%Y", "%Y-%m-%d"]}
    result = {"role": "CQA", "horizon": "release", "description": "x"}
    return {
        "name": "fermentations",
        "title": "Fermentations",
        "batch": "batch",
        "product": "product",
        "started": "start",
        "scale": {"attribute": "volume"},
        "sources": {
            "records": {
                "gives": "batches",
                "files": ["batch records.xlsx"],
                "format": {"kind": "excel", "decimal": ",", "footer": "^Mean$"},
                "nulls": ["", "n.d."],
            },
            "lims": {
                "gives": "results",
                "files": ["LIMS_export.csv"],
                "format": {"kind": "csv", "separator": ";", "decimal": ",", "footer": 1},
                "nulls": ["", "n.d."],
                "rows": {"column": "Status", "are": ["released"]},
                "fold": {"Batch": ["case"]},
                "batch": "Batch",
                "test": "Test",
                "value": "Result",
                "unit": "Unit",
                "names": {"Titer (HPLC)": "titre", "Residual impurity": "impurity"},
            },
        },
        "attributes": {
            "batch": {**column("records", "Batch No."), **text, "role": "identifier"},
            "product": {**column("records", "Product"), **text, "role": "context"},
            "volume": {**column("records", "Volume [L]"), "role": "scale", "unit": "L"},
            "start": {**column("records", "Start date", **date), "kind": "date", "role": "identifier"},
            "temperature": {**column("records", "Temp. [°C]"), **number, "unit": "degC"},
            "air": {**column("records", "Air [L/min]"), **number, "unit": "L/min"},
            "titre": {**result, "unit": "g/L"},
            "impurity": {**result, "unit": "%", "reporting_limit": 0.05},
        },
    }


@pytest.fixture
def history(tmp_path: Path) -> AssembledHistory:
    workbook(tmp_path / "batch records.xlsx", RECORDS, ("A1:D1", "E1:F1", "B3:B5", "B6:B7"))
    (tmp_path / "LIMS_export.csv").write_text(LIMS, encoding="utf-8")
    return history_of(definition(), tmp_path)


def test_assemble__reads_batches_of_a_workbook_as_it_was_sent(history: AssembledHistory) -> None:
    assert history.batches.select("batch_id", "product", "volume").rows() == [
        ("B19-001", "Prod-A", 0.002),
        ("B19-002", "Prod-A", 0.002),
        ("B19-003", "Prod-A", 0.05),
        ("B19-004", "Prod-B", 0.002),
    ]
    assert history.batches["started_at"].dt.strftime("%d.%m.").to_list() == ["12.01.", "25.01.", "24.02.", "04.04."]
    assert history.batches["temperature"].to_list() == [309.15, pytest.approx(309.55), None, pytest.approx(309.35)]
    assert history.batches["air"].to_list() == pytest.approx([value / 60_000 for value in (0.42, 0.39, 6.42, 0.44)])


def test_assemble__reads_results_of_a_lims_as_it_was_sent(history: AssembledHistory) -> None:
    assert history.results.select("batch_id", "attribute", "value", "censoring").rows() == [
        ("B19-001", "impurity", pytest.approx(0.0005), "left"),
        ("B19-001", "titre", pytest.approx(4.31), "none"),
        ("B19-002", "impurity", pytest.approx(0.0014), "none"),
        ("B19-002", "titre", pytest.approx(3.778), "none"),
        ("B19-004", "impurity", pytest.approx(0.0005), "left"),
    ]


def test_assemble__lists_every_row_that_is_not_read(history: AssembledHistory) -> None:
    assert history.quarantine.select("file", "row", "column", "value", "reason").rows() == [
        ("LIMS_export.csv", 5, "Status", "retest", "filtered out by `rows`: 'Status' is not 'released'"),
        ("LIMS_export.csv", 7, "Result", "n.d.", "missing"),
        ("LIMS_export.csv", 8, "Result", "pending", "not a number with a decimal comma"),
        ("batch records.xlsx", 7, "Air [L/min]", "ca. 38", "not a number with a decimal comma"),
    ]
    assert history.ledger.select("file", "read", "quarantined", "valid").rows() == [
        ("batch records.xlsx", 5, 1, 4),
        ("LIMS_export.csv", 8, 3, 5),
    ]
