"""Results of a laboratory system: units, limits and revisions."""

from pathlib import Path

import polars as pl
import pytest

from tests.support.definitions import Make, PlainData
from tests.support.raw_files import batches_csv, history_of


@pytest.fixture
def lims(small: Make, tmp_path: Path) -> PlainData:
    batches_csv(tmp_path, "B1,P,1,36,", "B2,P,1,36,")
    definition = small()
    definition["attributes"]["hcp"] = {"role": "CQA", "horizon": "release", "description": "x", "unit": "ng/mg"}
    definition["sources"]["lims"] = {
        "gives": "results",
        "files": ["lims.csv"],
        "batch": "b",
        "test": "t",
        "value": "v",
        "unit": "u",
        "revision": "r",
        "names": {"HCP (ELISA)": "hcp"},
    }
    return definition


def _lims(folder: Path, *lines: str) -> None:
    (folder / "lims.csv").write_text("\n".join(["b,t,v,u,r", *lines]) + "\n")


def test_results__converts_each_unit_and_keeps_the_newest_revision(lims: PlainData, tmp_path: Path) -> None:
    _lims(tmp_path, "B1,HCP (ELISA),50,ng/mg,1", "B1,HCP (ELISA),0.06,ug/mg,2", "B2,HCP (ELISA),<1,ng/mg,1")
    history = history_of(lims, tmp_path)
    assert [(b, round(v * 1e6, 6), c) for b, _, v, c, _ in history.results.rows()] == [("B1", 60, "none"), ("B2", 1, "left")]
    assert history.quarantine.select("row", "reason").rows() == [(2, "superseded by revision 2")]


def test_results__a_row_with_an_unknown_batch_test_unit_or_value_is_set_aside(lims: PlainData, tmp_path: Path) -> None:
    _lims(
        tmp_path,
        "B9,HCP (ELISA),5,ng/mg,1",
        "B1,Colour,5,ng/mg,1",
        "B1,HCP (ELISA),5,furlong,1",
        "B1,HCP (ELISA),five,ng/mg,1",
        "B2,HCP (ELISA),5,g/L,1",
        "B2,HCP (ELISA),5,,1",
    )
    history = history_of(lims, tmp_path)
    assert history.results.height == 1
    assert history.quarantine.select("row", "column").rows() == [(2, "b"), (3, "t"), (4, "u"), (5, "v"), (6, "u")]
    assert history.ledger.filter(pl.col("source") == "lims").select("read", "valid", "quarantined").row(0) == (6, 1, 5)


def test_results__without_columns_of_unit_and_revision_are_in_the_unit_of_the_attribute(
    lims: PlainData, tmp_path: Path
) -> None:
    lims["sources"]["lims"] |= {"unit": None, "revision": None}
    (tmp_path / "lims.csv").write_text("b,t,v\nB1,HCP (ELISA),50\nB2,HCP (ELISA),60\nB2,HCP (ELISA),60\n")
    history = history_of(lims, tmp_path)
    assert history.results.select("batch_id", "value").rows() == [("B1", pytest.approx(5e-5)), ("B2", pytest.approx(6e-5))]
    assert history.quarantine["row"].to_list() == [4]


def test_results__none_of_which_can_be_used_leave_an_empty_table(lims: PlainData, tmp_path: Path) -> None:
    _lims(tmp_path, "B1,Colour,5,ng/mg,1")
    history = history_of(lims, tmp_path)
    assert history.results.is_empty()
    assert history.batches.height == 2


def test_results__that_two_sources_state_are_taken_from_the_batch_rows(lims: PlainData, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,2", "B2,P,1,36,")
    lims["sources"]["lims"]["names"] = {"Titre": "titre"}
    del lims["attributes"]["hcp"]
    _lims(tmp_path, "B1,Titre,5,g/L,1", "B2,Titre,6,g/L,1")
    history = history_of(lims, tmp_path)
    assert history.results.select("batch_id", "value").rows() == [("B1", 2.0), ("B2", 6.0)]
    assert history.quarantine.select("file", "row").rows() == [("lims.csv", 2)]


def test_results__a_newer_revision_counts_even_where_it_cannot_be_read(lims: PlainData, tmp_path: Path) -> None:
    """The older one was withdrawn."""
    _lims(tmp_path, "B1,HCP (ELISA),5,ng/mg,1", "B1,HCP (ELISA),pending,ng/mg,2")
    history = history_of(lims, tmp_path)
    assert history.results.is_empty()
    assert history.quarantine["row"].to_list() == [2, 3]


def test_results__revision_1_10_comes_after_1_9(lims: PlainData, tmp_path: Path) -> None:
    _lims(
        tmp_path,
        "B1,HCP (ELISA),30,ng/mg,1.9",
        "B1,HCP (ELISA),33,ng/mg,1.10",
        "B2,HCP (ELISA),30,ng/mg,A",
        "B2,HCP (ELISA),3,ng/mg,2",
    )
    history = history_of(lims, tmp_path)
    assert history.results.select("batch_id", "value").rows() == [("B1", pytest.approx(33e-6))]
    assert history.quarantine.select("row", "value", "reason").rows() == [
        (2, "1.9", "superseded by revision 1.10"),
        (4, "A", "revisions '2' and 'A' cannot be compared"),
        (5, "2", "revisions '2' and 'A' cannot be compared"),
    ]


def test_results__a_revision_in_a_column_of_numbers_has_no_fraction(lims: PlainData, tmp_path: Path) -> None:
    """The numbers 1.1 and 1.10 are the same, so that their order is lost."""
    lims["sources"]["lims"] |= {"files": ["lims.parquet"], "format": {"kind": "parquet"}}
    columns = {"b": ["B1", "B1", "B2", "B2"], "t": "HCP (ELISA)", "v": ["30", "33", "30", "33"], "u": "ng/mg"}
    pl.DataFrame(columns | {"r": [1.9, 1.1, 1.0, 2.0]}).write_parquet(tmp_path / "lims.parquet")
    history = history_of(lims, tmp_path)
    assert history.results.select("batch_id", "value").rows() == [("B2", pytest.approx(33e-6))]
    fraction = "a revision with a fraction is a number here, in which 1.1 and 1.10 are the same; export it as text"
    assert history.quarantine["reason"].to_list() == [fraction, fraction, "superseded by revision 2"]


REPLICATES = ("B1,T,3", "B1,T,3.6", "B1,T,3", "B2,T,<1", "B2,T,2")
"""Three results of B1; of B2 one below its limit and one above it."""


def _replicates(definition: PlainData, folder: Path, how: str, *more: str) -> tuple[list[tuple[str, float, str]], list[int]]:
    """Results with their censoring, and the rows in quarantine."""
    definition["sources"]["lims"] |= {"unit": None, "revision": None, "replicates": how, "names": {"T": "titre"}}
    del definition["attributes"]["hcp"]
    (folder / "lims.csv").write_text("\n".join(["b,t,v", *REPLICATES, *more]) + "\n")
    history = history_of(definition, folder)
    counts = history.ledger.filter(source="lims").row(0, named=True)
    assert counts["read"] == counts["valid"] + counts["quarantined"] == len(REPLICATES) + len(more)
    found = [(batch, round(value, 6), sign) for batch, _, value, sign, _ in history.results.rows()]
    return found, history.quarantine["row"].to_list()


def test_replicates__are_refused_unless_declared(lims: PlainData, tmp_path: Path) -> None:
    assert _replicates(lims, tmp_path, "refuse") == ([], [2, 3, 4, 5, 6])


def test_replicates__of_a_mean_all_count_and_a_limit_stays_a_limit(lims: PlainData, tmp_path: Path) -> None:
    assert _replicates(lims, tmp_path, "mean") == ([("B1", 3.2, "none"), ("B2", 1.5, "left")], [])


def test_replicates__of_a_mean_leave_their_number_and_scatter_where_none_is_censored(
    lims: PlainData, tmp_path: Path
) -> None:
    _replicates(lims, tmp_path, "mean")
    assert history_of(lims, tmp_path).replicates.rows() == [("B1", "titre", 3, pytest.approx(0.12**0.5))]


@pytest.mark.parametrize("how", ["refuse", "last"])
def test_replicates__that_are_not_averaged_leave_none(lims: PlainData, tmp_path: Path, how: str) -> None:
    _replicates(lims, tmp_path, how)
    assert history_of(lims, tmp_path).replicates.is_empty()


def test_replicates__of_a_result_that_the_batch_rows_give_do_not_count(lims: PlainData, tmp_path: Path) -> None:
    batches_csv(tmp_path, "B1,P,1,36,2", "B2,P,1,36,")
    assert _replicates(lims, tmp_path, "mean")[0] == [("B1", 2.0, "none"), ("B2", 1.5, "left")]
    assert history_of(lims, tmp_path).replicates.is_empty()


def test_replicates__with_limits_of_both_signs_have_no_mean(lims: PlainData, tmp_path: Path) -> None:
    assert _replicates(lims, tmp_path, "mean", "B2,T,>5") == ([("B1", 3.2, "none")], [5, 6, 7])


def test_replicates__of_which_the_last_counts_do_so_even_where_it_cannot_be_read(lims: PlainData, tmp_path: Path) -> None:
    assert _replicates(lims, tmp_path, "last") == ([("B1", 3.0, "none"), ("B2", 2.0, "none")], [2, 3, 5])
    assert _replicates(lims | {"attributes": lims["attributes"] | {"hcp": {}}}, tmp_path, "last", "B2,T,pending") == (
        [("B1", 3.0, "none")],
        [2, 3, 5, 6, 7],
    )


@pytest.mark.parametrize(
    ("unit", "value", "si", "of"),
    [
        ("mL", 500, 0.0005, "mL"),
        ("rps", 5, 5.0, "rpm"),
        ("turn/min", 300, 5.0, "rpm"),
        ("µg/mL", 5, 5e-3, "g/L"),
        ("g/L", 1.9, 1.9 / 0.08907, "mmol/L"),
        ("% w/w", 98, 0.98, "%"),
        ("10^6 cells/mL", 2, 2e12, "Mcell/mL"),
    ],
)
def test_results__each_written_unit_is_converted(
    lims: PlainData, tmp_path: Path, unit: str, value: float, si: float, of: str
) -> None:
    lims["attributes"]["hcp"] |= {"unit": of, "molar_mass": "89.07 g/mol"}
    _lims(tmp_path, f"B1,HCP (ELISA),{value},{unit},1")
    assert history_of(lims, tmp_path).results["value"].to_list() == [pytest.approx(si)]


@pytest.mark.parametrize(
    ("unit", "of", "reason"),
    [
        ("ML", "mL", "'ML' differs from mL and ml by capital letters, and these can change the meaning; write mL or ml"),
        ("gr", "g", "'gr' may be gram or grain; write g or grain"),
        ("AU", "%", r"unit 'AU' \(absorbance\) cannot be converted to '%' \(share\)"),
        ("mPa", "MPa", "differs from 'MPa' by capital letters alone"),
        ("C", "degC", "write degC"),
        ("9**9**9", "g", "no word of a unit"),
        ("g/L", "mmol/L", "declare the `molar_mass` of the attribute"),
    ],
)
def test_results__a_unit_that_cannot_be_read_is_set_aside_with_what_to_write(
    lims: PlainData, tmp_path: Path, unit: str, of: str, reason: str
) -> None:
    lims["attributes"]["hcp"]["unit"] = of
    _lims(tmp_path, f"B1,HCP (ELISA),5,{unit},1", f"B2,HCP (ELISA),5,{of},1")
    history = history_of(lims, tmp_path)
    assert history.results["batch_id"].to_list() == ["B2"]
    assert history.quarantine.select("row", "column", "value").rows() == [(2, "u", unit)]
    assert history.quarantine.filter(pl.col("reason").str.contains(reason)).height == 1


def test_results__a_limit_in_another_unit_is_compared_in_si(lims: PlainData, tmp_path: Path) -> None:
    lims["attributes"]["hcp"] |= {"unit": "g/L", "reporting_limit": 0.1}
    _lims(tmp_path, "B1,HCP (ELISA),<50,mg/L,1", "B2,HCP (ELISA),<200,mg/L,1")
    assert history_of(lims, tmp_path).results.select("value", "censoring").rows() == [(0.1, "left"), (0.2, "left")]


def test_results__a_cell_may_repeat_its_unit(lims: PlainData, tmp_path: Path) -> None:
    _lims(tmp_path, "B1,HCP (ELISA),0.06 ug/mg,ug/mg,1", "B2,HCP (ELISA),<1 ng/mg,,1")
    history = history_of(lims, tmp_path)
    assert [(b, round(v * 1e6, 6), c) for b, _, v, c, _ in history.results.rows()] == [("B1", 60, "none"), ("B2", 1, "left")]


def test_results__a_cell_with_another_unit_than_its_row_is_not_read(lims: PlainData, tmp_path: Path) -> None:
    _lims(tmp_path, "B1,HCP (ELISA),60 ug/mg,ng/mg,1", "B2,HCP (ELISA),1 ug/mg,,1")
    history = history_of(lims, tmp_path)
    assert history.results.is_empty()
    assert history.quarantine["value"].to_list() == ["60 ug/mg", "1 ug/mg"]


def test_results__have_the_laboratory_where_a_source_states_it(lims: PlainData, tmp_path: Path) -> None:
    lims["sources"]["lims"] |= {"unit": None, "revision": None, "laboratory": "lab", "names": {"HCP": "hcp", "T": "titre"}}
    lims["sources"]["lims"] |= {"replicates": "mean"}
    rows = ["B1,HCP,50,North", "B1,T,3,South", "B2,HCP,60,", "B2,T,3,North", "B2,T,4,South"]
    (tmp_path / "lims.csv").write_text("\n".join(["b,t,v,lab", *rows]) + "\n")
    history = history_of(lims, tmp_path)
    assert history.results.select("batch_id", "attribute", "laboratory").rows() == [
        ("B1", "hcp", "North"),
        ("B1", "titre", "South"),
        ("B2", "hcp", None),
        ("B2", "titre", None),  # a mean of two laboratories
    ]
    assert history.quarantine.is_empty()


def test_results__have_no_column_of_laboratories_that_no_source_states(lims: PlainData, tmp_path: Path) -> None:
    _lims(tmp_path, "B1,HCP (ELISA),50,ng/mg,1")
    assert "laboratory" not in history_of(lims, tmp_path).results.columns
