"""A simulation in a terminal; the numbers are those of the plain data."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from pipeline.domain.display import in_words, size
from pipeline.domain.site_knowledge import PARTS


def show_simulation(result: Mapping[str, Any], console: Console) -> None:
    """Print transfer map, scenarios and next runs."""
    parts: list[RenderableType] = list(_transfer(result["transfer_map"]))
    if result["scenarios"] is not None:
        parts += [*_scenarios(result["scenarios"]), *_next_runs(result["next_runs"])]
    console.print(Group(*parts))


def _transfer(found: Mapping[str, Any]) -> Iterable[RenderableType]:
    sides = [f"{found[s]['site']} at {size(found[s]['scale'])} {found[s]['unit']}" for s in ("sending", "receiving")]
    yield Text(f"\nTransfer from {sides[0]} to {sides[1]}", style="bold")
    yield Text(found["title"])
    gaps = [line for line in found["attributes"] if any(line["receiving"][p]["state"] != "present" for p in PARTS)]
    if gaps:
        table = _table("gap at the receiving site", *PARTS, "feeds the model")
        for line in gaps:
            states = [f"{line['receiving'][p]['state']} ({line['receiving'][p]['reason']})" for p in PARTS]
            table.add_row(in_words(line["attribute"]), *states, "yes" if line["model_inputs"] else "no")
        yield table
    else:
        yield Text("No gap at the receiving site.")
    for line in found["blocked"]:
        blocked = ", ".join(map(in_words, line["targets"]))
        yield Text(f"{in_words(line['attribute'])} blocks {blocked}: {line['reason']}", style="bold")
    for line in found["lacking"]:
        yield Text(f"{in_words(line['attribute'])} is lacking, so that nothing is simulated: {line['reason']}", style="bold")


def _scenarios(found: Mapping[str, Any]) -> Iterable[RenderableType]:
    said = found["captions"]
    yield Text("\nScenarios before a batch is run", style="bold")
    yield Text(said["distributions"])
    table = _table(
        "attribute", "unit", "5 %", "median", "95 %", "P(in spec)", "Ppk", "P, settings and lots alone", "Ppk, same"
    )
    for line in found["attributes"]:
        whole, bare = line["with_model_error"], line["without_model_error"]
        numbers = [whole[k] for k in ("low_5", "median", "high_95", "probability_within_specification", "ppk")]
        numbers += [bare[k] for k in ("probability_within_specification", "ppk")]
        table.add_row(in_words(line["attribute"]), line["unit"], *map(_shown, numbers))
    yield table
    yield Text("\n" + said["reached"], style="" if _as_wanted(found) else "bold")
    yield Text(said["response_curves"])
    ranges = _table("parameter", "unit", "set-point", "normal range", "proven range", "explored", "P(all in spec), at most")
    for line in found["ranges"]:
        if line["acts"]:
            proven = line["proven_acceptable_range"]
            both = "none" if proven is None else _range((proven["low"], proven["high"]))
            normal = _range(line["normal_operating_range"])
            shown = [_shown(line["set_point"]), normal, both, _range(line["explored"]), f"{line['largest_chance']:.2f}"]
            ranges.add_row(in_words(line["parameter"]), line["unit"], *shown)
    yield ranges
    yield Text("\n" + said["design_space"])
    yield Text("\n" + said["restoring"])
    if found["restoring"] is not None:
        moved = _table("parameter", "unit", "proposed", "restoring", "limits")
        for line in found["restoring"]["settings"]:
            values = [_shown(line["proposed"]), _shown(line["restoring"]), _range(line["limits"])]
            moved.add_row(in_words(line["parameter"]), line["unit"], *values)
        yield moved
    yield Text("\n" + said["box"])
    if found["box"] is not None and found["box"]["ranges"]:
        box = _table("parameter", "unit", "range in the box")
        for line in found["box"]["ranges"]:
            box.add_row(in_words(line["parameter"]), line["unit"], _range(line["range"]))
        yield box


def _as_wanted(found: Mapping[str, Any]) -> bool:
    return found["reached"] is None or found["reached"]["level"] == found["level"]


def _next_runs(found: Mapping[str, Any]) -> Iterable[RenderableType]:
    yield Text("\nWhat to run next", style="bold")
    yield Text(found["caption"])
    if found["by_scale"]:
        table = _table("best single run at", "equipment", "as batch", "gain", "cost")
        for line in found["by_scale"]:
            numbers = [f"{line['gain']:.2g}", f"{line['cost']:.3g}"]
            table.add_row(f"{size(line['scale'])} {line['unit']}", line["equipment"] or "", line["as_batch"], *numbers)
        yield table


def _table(*columns: str) -> Table:
    table = Table(box=None, padding=(0, 1), header_style="bold")
    for i, name in enumerate(columns):
        table.add_column(name, no_wrap=i == 0)
    return table


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


def _range(both: Any) -> str:
    return "" if both is None else f"{both[0]:.4g} – {both[1]:.4g}"
