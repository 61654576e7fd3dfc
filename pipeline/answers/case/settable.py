"""Which attributes a proposal may state in `settings`. A setting that no answer would use is refused."""

from pipeline.answers.case.new_lots import lot_settings
from pipeline.domain.batch_columns import batch_attributes
from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.process.process import Process
from pipeline.domain.proposal import Proposal
from pipeline.features.catalogue import is_measured


def check_settable(process: Process, proposal: Proposal) -> None:
    """Check that every setting is one that an answer uses.

    Raises ScalebridgeError that says where else the value is stated, or which attributes can be set.
    """
    fields = fields_of(process)
    controls = {name for name, attribute in process.attributes.items() if attribute.role == "IPC"}
    used = {*batch_attributes(process), *controls, *lot_settings(process)} - set(fields)
    machines = {step.equipment for step in process.steps.values()}
    settable = [
        n
        for n, a in process.attributes.items()
        if n in used and (is_measured(process, n) or n in machines) and a.kind not in ("date", "spectrum")
    ]
    for name in proposal.settings:
        if name not in settable:
            raise ScalebridgeError(f"Proposal '{proposal.name}', setting '{name}': {_why(process, name, fields, settable)}")


def fields_of(process: Process) -> dict[str, str]:
    """Return attribute → field of a proposal that states it."""
    own = {
        process.product: "product",
        process.scale.attribute: "scale",
        process.site: "site",
        process.equipment: "equipment",
    }
    return {name: field for name, field in own.items() if name is not None and name in process.attributes}


def _why(process: Process, name: str, fields: dict[str, str], settable: list[str]) -> str:
    attribute = process.attributes.get(name)
    available = f"attributes that can be set are {listed(settable, 60)}"
    if name in fields:
        return f"this is stated in the field `{fields[name]}` of the proposal; remove it from `settings`"
    if attribute is not None and attribute.kind == "spectrum" and attribute.material is None:
        return "this is a spectrum; state it in the field `spectra` of the proposal"
    if attribute is not None and attribute.material is not None:
        return (
            f"this property of the lots of '{attribute.material}' is no number and follows from the lot; remove it from "
            f"`settings`, and name a known lot: `lots: {{{attribute.material}: [{{lot: …}}]}}`"
        )
    if attribute is not None and is_measured(process, name) and attribute.kind != "date":
        return f"this is recorded during the batch, so a proposal cannot state it; {available}"
    return f"it cannot be set; {available}"
