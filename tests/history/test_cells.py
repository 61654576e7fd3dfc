"""A cell is read by the declared rules or goes to quarantine; nothing is guessed."""

from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from pipeline.history.cells import number
from tests.support.definitions import Make, PlainData
from tests.support.raw_files import batches_csv, history_of


def test_cell_reading__converts_to_si(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,2000,36.5,4.1")
    history = history_of(small(), tmp_path)
    assert history.batches.select("scale", "temperature").row(0) == (2.0, 309.65)
    assert history.results.row(0) == ("B1", "titre", 4.1, "none", None)


@pytest.mark.parametrize("written", ["1.412.698.315", "93,33", "36.5 C", "n/a", "1e", "--3", "#REF!"])
def test_number__in_another_notation_goes_to_quarantine(small: Make, tmp_path: Path, written: str) -> None:
    batches_csv(tmp_path, f'B1,P,2000,"{written}",4.1', "B2,P,2000,36.5,4.1")
    history = history_of(small(), tmp_path)
    assert history.batches["batch_id"].to_list() == ["B2"]
    assert history.quarantine.to_dicts() == [
        {
            "source": "batches",
            "file": "batches.csv",
            "row": 2,
            "column": "temperature",
            "value": written,
            "reason": "not a number with a decimal point",
            "batch_id": "B1",
        }
    ]


def test_number__has_a_decimal_comma_only_if_declared(small: Make, tmp_path: Path) -> None:
    definition = small()
    definition["sources"]["batches"]["format"] = {"kind": "csv", "separator": ";", "decimal": ","}
    (tmp_path / "batches.csv").write_text("batch;product;volume;temperature;titre\nB1;P;2000;36,5;4,1\nB2;P;2000;36.5;4,1\n")
    history = history_of(definition, tmp_path)
    assert history.batches["temperature"].to_list() == [309.65]
    assert history.quarantine["value"].to_list() == ["36.5"]


def test_clean__blanks_are_missing_and_missing_is_no_error(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,2000,   ,", "B2,P,2000,,4")
    history = history_of(small(), tmp_path)
    assert history.batches["temperature"].null_count() == 2
    assert history.quarantine.is_empty()


def test_out_of_range__an_impossible_value_goes_to_quarantine(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,2000,98.6,4.1", "B2,P,2000,36.5,4.1")
    assert history_of(small(), tmp_path).quarantine["reason"].to_list() == ["outside the possible range 0 to 60 °C"]


def test_censored__results_keep_their_limit(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,<0.2", "B2,P,1,36,0.05", "B3,P,1,36,> 9", "B4,P,1,36,0.3")
    rows = history_of(small(), tmp_path).results.select("value", "censoring").rows()
    assert rows == [(0.2, "left"), (0.1, "left"), (9.0, "right"), (0.3, "none")]


def dated(small: Make, folder: Path, form: PlainData, *texts: str) -> list[datetime | None]:
    """The start of a batch that is written in each of these ways; None where it goes to quarantine."""
    lines = [f"B{i},P,1,36,1,{text}" for i, text in enumerate(texts)]
    (folder / "batches.csv").write_text("\n".join(["batch,product,volume,temperature,titre,start", *lines]) + "\n")
    definition = small(started="start")
    column = {"source": "batches", "column": "start", "date": form}
    plain = {"role": "identifier", "horizon": "plan", "description": "x", "kind": "date"}
    definition["attributes"]["start"] = plain | {"column": column}
    history = history_of(definition, folder)
    found = dict(history.batches.select("batch_id", "started_at").iter_rows())
    assert history.quarantine["value"].to_list() == [text for i, text in enumerate(texts) if f"B{i}" not in found]
    return [found.get(f"B{i}") for i in range(len(texts))]


def test_date__is_read_in_the_declared_format_alone(small: Make, tmp_path: Path) -> None:
    found = dated(small, tmp_path, {"format": "%d.%m.%Y %H:%M"}, "03.04.2024 05:06", "2024-04-03 05:06", "31.02.2024 00:00")
    assert found == [datetime(2024, 4, 3, 5, 6), None, None]


def test_date__without_day_or_hour_is_the_first_of_its_month_at_midnight(small: Make, tmp_path: Path) -> None:
    assert dated(small, tmp_path, {"format": "%m/%Y"}, "04/2024") == [datetime(2024, 4, 1)]


def test_date__months_have_the_declared_names(small: Make, tmp_path: Path) -> None:
    months = ["jan", "feb", "mar", "apr", "maj", "jun", "jul", "avg", "sep", "okt", "nov", "dec"]
    found = dated(small, tmp_path, {"format": "%b.%y", "months": months}, "avg.19", "MAJ.20", "aug.19")
    assert found == [datetime(2019, 8, 1), datetime(2020, 5, 1), None]


def test_cell_reading__words_are_replaced_before_they_are_read(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P1,1,36,1", "B2,P2,none,36,1", "B3,n/a,2,36,1")
    definition = small()
    own = {"source": "batches", "values": {"P1": "P"}, "nulls": ["n/a"]}
    definition["attributes"]["product"]["column"] = own | {"column": "product"}
    definition["attributes"]["volume"]["column"] = {"source": "batches", "column": "volume", "values": {"none": "3"}}
    history = history_of(definition, tmp_path)
    assert history.batches.select("batch_id", "product", "scale").rows() == [("B1", "P", 0.001), ("B2", "P2", 0.003)]
    assert history.quarantine["row"].to_list() == [4]


def test_cell_reading__a_column_in_another_unit_than_its_attribute(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,2,97.7,1")
    definition = small()
    definition["attributes"]["temperature"]["column"] = {"source": "batches", "column": "temperature", "unit": "degF"}
    assert history_of(definition, tmp_path).batches["temperature"].to_list() == pytest.approx([309.65])


def test_cell_reading__numbers_of_a_typed_file_need_no_text_and_nan_is_missing(small: Make, tmp_path: Path) -> None:
    definition = small()
    definition["sources"]["batches"] |= {"files": ["b.parquet"], "format": {"kind": "parquet"}}
    frame = pl.DataFrame(
        {
            "batch": ["B1", "B2"],
            "product": ["P", "P"],
            "volume": [1, 2],
            "temperature": [36.5, float("nan")],
            "titre": [0.05, 3],
        }
    )
    frame.write_parquet(tmp_path / "b.parquet")
    history = history_of(definition, tmp_path)
    assert history.quarantine.is_empty()
    assert history.batches["temperature"].to_list() == [309.65, None]
    assert history.results.select("value", "censoring").rows() == [(0.1, "left"), (3.0, "none")]


def test_date__of_a_typed_file_is_taken_as_it_is(small: Make, tmp_path: Path) -> None:
    definition = small(started="start")
    definition["sources"]["batches"] |= {"files": ["b.parquet"], "format": {"kind": "parquet"}}
    column = {"source": "batches", "column": "start", "date": {"format": "%d.%m.%Y"}}
    plain = {"role": "identifier", "horizon": "plan", "description": "x", "kind": "date"}
    definition["attributes"]["start"] = plain | {"column": column}
    fixed = {"product": "P", "volume": 1, "temperature": 36, "titre": 1}
    frame = pl.DataFrame({"batch": ["B1", "B2"], **fixed, "start": [datetime(2024, 1, 2, 3), None]})
    frame.write_parquet(tmp_path / "b.parquet")
    history = history_of(definition, tmp_path)
    assert history.batches["started_at"].to_list() == [datetime(2024, 1, 2, 3), None]
    assert history.quarantine.is_empty()


@pytest.mark.parametrize("null", ["-9999", "-9999.0"])
@pytest.mark.parametrize("kind", [pl.Float64, pl.Float32, pl.Int64, pl.String])
def test_typed_number__a_declared_number_for_missing_is_missing(
    small: Make, tmp_path: Path, null: str, kind: type[pl.DataType]
) -> None:
    numbers = pl.Series([36, -9999, 37]).cast(kind)
    frame = pl.DataFrame(
        {"batch": ["B1", "B2", "B3"], "product": "P", "volume": 1, "temperature": numbers, "titre": [1, -9999, 2]}
    )
    frame.write_parquet(tmp_path / "b.parquet")
    definition = small()
    definition["sources"]["batches"] |= {"files": ["b.parquet"], "format": {"kind": "parquet"}, "nulls": ["", null]}
    del definition["attributes"]["temperature"]["between"]
    history = history_of(definition, tmp_path)
    assert history.batches["temperature"].is_null().to_list() == [False, True, False]
    assert history.results["batch_id"].to_list() == ["B1", "B3"]
    assert history.quarantine.is_empty()


def test_number__that_is_too_large_goes_to_quarantine(small: Make, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,3", "B2,P,1e400,36,3", "B3,P,1,36,1E999")
    history = history_of(small(), tmp_path)
    assert history.batches["batch_id"].to_list() == ["B1"]
    assert history.quarantine.select("row", "value").rows() == [(3, "1e400"), (4, "1E999")]


def test_out_of_range__an_infinite_number_of_a_typed_column_goes_to_quarantine(small: Make, tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {"batch": ["B1", "B2"], "product": "P", "volume": [1.0, float("inf")], "temperature": 36, "titre": 1}
    )
    frame.write_parquet(tmp_path / "b.parquet")
    definition = small()
    definition["sources"]["batches"] |= {"files": ["b.parquet"], "format": {"kind": "parquet"}}
    assert history_of(definition, tmp_path).quarantine.select("row", "reason").rows() == [(3, "not a finite number")]


@pytest.mark.parametrize(
    ("written", "unit", "si"),
    [
        ("36.5 °C", "degC", 309.65),
        ("36.5degC", "degC", 309.65),
        ("95 %", "%", 0.95),
        ("95.5\u00a0%", "%", 0.955),
        ("95 %", "", 0.95),
        ("2 \u03bcg/mL", "ug/mL", 0.002),
        ("5 1/min", "1/min", 5 / 60),
        ("\u22120.5", "g/L", -0.5),
    ],
)
def test_cell_reading__a_number_may_carry_the_unit_of_its_column(
    small: Make, tmp_path: Path, written: str, unit: str, si: float
) -> None:
    batches_csv(tmp_path, f"B1,P,1,{written},1")
    definition = small()
    definition["attributes"]["temperature"] |= {"unit": unit, "between": None}
    history = history_of(definition, tmp_path)
    assert history.batches["temperature"].to_list() == [pytest.approx(si)]


@pytest.mark.parametrize(
    ("written", "unit"), [("36.5 K", "degC"), ("95 %", "L"), ("51/min", "1/min"), ("1-2 %", "%"), ("% 5", "%")]
)
def test_cell_reading__another_unit_or_text_is_not_removed(small: Make, tmp_path: Path, written: str, unit: str) -> None:
    batches_csv(tmp_path, f"B1,P,1,{written},1")
    definition = small()
    definition["attributes"]["temperature"] |= {"unit": unit, "between": None}
    assert history_of(definition, tmp_path).quarantine["value"].to_list() == [written]


@pytest.mark.parametrize("written", ["<=0.5", "< 0.5", "\uff1c0.5", "≤0.5", "<0.5 g/L"])
def test_cell_reading__a_limit_may_be_written_in_several_ways(small: Make, tmp_path: Path, written: str) -> None:
    batches_csv(tmp_path, f"B1,P,1,36,{written}")
    assert history_of(small(), tmp_path).results.row(0) == ("B1", "titre", 0.5, "left", None)


def test_number__of_400_digits_is_no_number() -> None:
    texts = pl.DataFrame({"x": ["9" * 400, "-" + "9" * 400, "9" * 20]})
    assert texts.select(number(pl.col("x"), "."))["x"].to_list() == [None, None, 1e20]
