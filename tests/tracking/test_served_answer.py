"""Rows that the served model returns: the numbers of the answer, or the reason why there is none."""

import math
from dataclasses import replace

import pytest

from pipeline.domain.config_files import as_json
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.process.parts import Material
from pipeline.domain.process.process import Process
from pipeline.tracking.served_answer import answered, output_columns, refused
from pipeline.tracking.served_columns import input_columns, proposal_of
from tests.support.pot import proposal
from tests.support.trained_pot import answered as whole_answer
from tests.support.trained_pot import trained_run

STATED = {"There": {"agitation": {"method": "missing", "note": "no tachometer"}}}


def test_answered__gives_the_numbers_of_the_whole_answer() -> None:
    row = answered(trained_run(), proposal())
    attribute = whole_answer().attributes["titre"]
    predicted = attribute.predicted
    assert predicted is not None
    assert row["titre"] == predicted.value
    assert row["titre_chance"] == predicted.chance
    assert predicted.supported_chance is not None
    assert row["titre_chance_supported"] == predicted.supported_chance
    for one in predicted.intervals:
        assert (row[f"titre_lower_{one.level:g}"], row[f"titre_upper_{one.level:g}"]) == (one.lower, one.upper)
    assert (row["status"], row["reason"], row["titre_status"], row["titre_reason"]) == ("predicted", None, "predicted", None)
    assert list(row) == list(output_columns(trained_run()))


def test_answered__says_whether_history_covers_the_proposal() -> None:
    for changes in ({}, {"settings": {"agitation": "9000 rpm"}}):
        row, covered = answered(trained_run(), proposal(**changes)), whole_answer(**changes).domain
        assert (row["domain"], row["domain_reason"]) == (covered.status, covered.sentence)
    assert row["domain"] == "edge"
    assert "outside what history spans: agitation" in str(row["domain_reason"])


def test_answered__predicts_a_lot_that_is_used_once_from_its_properties() -> None:
    """Such as the cells of a new patient, whose lot no history names."""
    run = trained_run()
    fields = {name: getattr(run.process, name) for name in run.process.__dataclass_fields__}
    once = replace(run, process=Process(**fields | {"materials": {"media": Material(used_once=True)}}))
    columns = input_columns(once.process)
    row = {"product": proposal().product, "scale": proposal().scale, "agitation": "60 rpm"}
    rows = [row | {"copper": copper, "zinc": 1.0} for copper in (0.1, 0.3)]
    low, high = (answered(once, proposal_of(once.process, columns, one, "row")) for one in rows)
    assert (low["status"], high["status"]) == ("predicted", "predicted")
    assert low["titre"] != high["titre"]
    assert "copper" not in str(low["assumed"])


def test_answered__names_what_counts_as_unknown() -> None:
    row = answered(trained_run(), proposal(unstated="missing", settings={"agitation": "60 rpm"}))
    assert row["not_stated"] == "temperature, copper, zinc"


def test_answered__an_attribute_that_is_refused_has_no_number_but_the_reason() -> None:
    row = answered(trained_run(STATED), proposal())
    assert [row[name] for name in ("titre", "titre_lower_90", "titre_upper_90", "titre_chance")] == [None] * 4
    assert (row["status"], row["titre_status"]) == ("refused", "refused")
    assert "no tachometer" in str(row["titre_reason"])
    assert str(row["reason"]).startswith("titre: its model reads agitation, method missing at There")


def test_refused__has_no_number() -> None:
    row = refused(trained_run(), "row 1: no")
    assert {name for name, cell in row.items() if cell is not None} == {"titre_status", "titre_reason", "status", "reason"}
    assert list(row) == list(output_columns(trained_run()))


def test_output_columns__without_specification_have_no_chance() -> None:
    run = trained_run()
    free = replace(run.process.attributes["titre"], specification=None)
    open_run = replace(run, process=replace(run.process, attributes={**run.process.attributes, "titre": free}))
    assert "titre_chance" in output_columns(run)
    assert "titre_chance" not in output_columns(open_run)
    assert set(answered(open_run, proposal())) == set(output_columns(open_run))


def test_output_columns__two_of_one_name_are_refused() -> None:
    run = trained_run()
    attributes = {**run.process.attributes, "titre_status": run.process.attributes["titre"]}
    doubled = replace(run, process=replace(run.process, attributes=attributes))
    with pytest.raises(ScalebridgeError, match="two columns called titre_status; rename the attribute"):
        output_columns(doubled)


def test_answered__holds_only_what_json_has() -> None:
    row = answered(trained_run(), proposal())
    assert all(cell is None or isinstance(cell, str) or math.isfinite(cell) for cell in row.values())
    assert "NaN" not in as_json(row)


def test_answered__lists_what_is_assumed_with_its_origin() -> None:
    row = answered(trained_run(), proposal(settings={}))
    assert "agitation" in str(row["assumed"])
    assert ": as B ran in 16 batches; " in str(row["assumed"])
