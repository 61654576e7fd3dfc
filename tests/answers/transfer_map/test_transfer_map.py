"""Transfer map: judged from the history, completed by people, and stopping only what the model depends on."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipeline.answers.case.proposed_batch import propose
from pipeline.answers.limits import TransferConfig
from pipeline.answers.result.transfer_map import Blocked, Finding, SiteFindings, TransferLine, TransferMap
from pipeline.answers.transfer_map.transfer_map import transfer_map, withheld
from pipeline.domain.config_files import parse, read_yaml
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.process.process import Process
from pipeline.domain.site_knowledge import SiteKnowledge
from tests.support.pot import definition, history, pot, proposal

INPUTS = ("agitation", "temperature", "copper")


def made(
    transfer: dict[str, Any] | None = None, changed: Any = None, reads: tuple[str, ...] = INPUTS, **changes: Any
) -> TransferMap:
    given, asked, tables = (
        parse(SiteKnowledge, {"sites": transfer or {}}, "transfer"),
        proposal(**changes),
        changed or history(),
    )
    return transfer_map(pot(), asked, tables, propose(pot(), asked, tables), {"titre": reads}, given, TransferConfig())


def line(found: TransferMap, name: str) -> TransferLine:
    return next(line for line in found.attributes if line.attribute == name)


def states(found: SiteFindings) -> set[str]:
    return {found.data.state, found.method.state, found.competence.state}


def test_map__names_both_sites_and_claims_no_standard() -> None:
    found = made()
    assert (found.sending.site, found.receiving.site) == ("Here", "There")
    assert (found.sending.scale, found.receiving.scale) == (1.0, 100.0)
    assert "not a claim of conformance" in found.title


def test_map__of_a_transfer_to_another_device_names_the_devices() -> None:
    process = parse(Process, definition() | {"axis": ["device"]}, "pot")
    asked, tables = proposal(product="Q", scale="1 L", equipment="new", site="Here"), history()
    given = parse(SiteKnowledge, {"sites": {"Here": {"agitation": {"method": "missing", "note": "no drive"}}}}, "transfer")
    made_case = propose(process, asked, tables)
    found = transfer_map(process, asked, tables, made_case, {"titre": INPUTS}, given, TransferConfig())
    assert (found.place, found.sending.site, found.receiving.site) == ("device", "A", "new")
    assert (found.sending.batches, found.receiving.batches) == (16, 0)
    assert "device's batches" in found.rules["data"]
    assert line(found, "agitation").receiving.method == Finding("missing", "stated: no drive")  # by the site of the device
    assert made().place == "site"


def test_map__everything_seen_often_is_present_and_nothing_is_blocked() -> None:
    found = made()
    for name in ("agitation", "temperature", "copper", "titre"):
        for side in (line(found, name).sending, line(found, name).receiving):
            assert states(side) == {"present"}, name
    assert found.blocked == ()


def test_map__data_method_and_competence_fail_separately() -> None:
    tables = history()
    there = tables.batches.filter(pl.col("site") == "There").sort("started_at")["batch_id"]
    kept = tables.results.filter(~pl.col("batch_id").is_in(there.tail(5).implode()))  # the site stopped measuring
    titre = line(made(changed=replace(tables, results=kept)), "titre").receiving
    assert titre.data.state == "partial"
    assert titre.method.state == "missing"
    assert titre.competence.state == "partial"
    elsewhere = line(made(scale="50 L", equipment=None), "agitation").receiving.competence
    assert elsewhere == Finding("partial", "0 batches at 50 L, 8 at all scales")


def test_map__results_under_the_reporting_limit_make_a_method_partial() -> None:
    tables = history()
    censored = tables.results.with_columns(censoring=pl.lit("left"))
    found = line(made(changed=replace(tables, results=censored)), "titre").receiving.method
    assert found.state == "partial"
    assert "reporting limit of 0.1 g/L" in found.reason


def test_map__a_site_never_seen_has_nothing() -> None:
    found = line(made(site="Elsewhere", equipment=None, scale="100 L"), "temperature").receiving
    assert states(found) == {"missing"}


def test_map__people_complete_it_and_their_reason_is_kept() -> None:
    said = {"There": {"temperature": {"competence": "partial", "note": "one operator trained"}}}
    found = line(made(said), "temperature").receiving.competence
    assert found == Finding("partial", "stated: one operator trained")


def test_map__a_gap_that_the_model_depends_on_blocks_with_its_reason() -> None:
    found = made(
        {"There": {"copper": {"method": "missing", "note": "no assay"}, "zinc": {"method": "missing", "note": "none"}}}
    )
    reason = "method missing at There: no assay"
    assert found.blocked == (Blocked("copper", reason, ("titre",)),)
    assert withheld(found, pot()) == {"titre": f"its model reads copper, {reason}"}


@pytest.mark.parametrize("part", ["data", "method", "competence"])
def test_map__each_part_that_a_site_states_as_missing_blocks(part: str) -> None:
    assert made({"There": {"copper": {part: "missing", "note": "x"}}}).blocked[0].reason == f"{part} missing at There: x"
    assert made({"There": {"copper": {part: "partial", "note": "x"}}}).blocked == ()
    assert made({"Here": {"copper": {part: "missing", "note": "x"}}}).blocked == ()


def test_map__what_is_to_vary_around_no_value_is_lacking_whether_a_model_reads_it_or_not() -> None:
    asked = {"settings": {"agitation": "60 rpm"}, "unstated": "missing", "tolerances": {"temperature": "1 degC"}}
    found = {entry.attribute: entry.reason for entry in made(reads=(), **asked).lacking}
    assert "no value is stated or known from a reference" in found["temperature"]
    assert "agitation" not in found


def test_map__what_the_proposal_has_no_value_of_is_lacking_and_blocks_no_answer() -> None:
    alone = made(unstated="missing")
    assert {entry.attribute for entry in alone.lacking} == {"copper"}
    assert "100 % of the batches" in alone.lacking[0].reason
    assert withheld(alone, pot()) == {}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"Nowhere": {}}, "available: Here, There"),
        ({"There": {"coper": {"data": "present"}}}, "'coper' is not an attribute"),
        ({"There": {"copper": {"data": "missing"}}}, "write the reason in `note`"),
        ({"There": {"copper": {"dta": "missing"}}}, "Unexpected keyword|unexpected"),
    ],
)
def test_transfer__mistakes_are_sentences(given: dict[str, Any], words: str) -> None:
    with pytest.raises(ScalebridgeError, match=words):
        made(given)


def test_example__is_about_attributes_that_there_are(root: Path) -> None:
    attributes = read_yaml(root / "conf/process/virtual_plant.yaml")["attributes"]
    transfer = parse(SiteKnowledge, read_yaml(root / "conf/transfer/virtual_plant.yaml"), "virtual_plant")
    assert all(set(known) <= set(attributes) for known in transfer.sites.values())
