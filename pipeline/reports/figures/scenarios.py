"""Pictures of scenarios as SVG text. The same answer gives the same bytes."""

from collections.abc import Sequence

from matplotlib.axes import Axes

from pipeline.answers.result.answer import Answer
from pipeline.answers.result.scenarios import (
    AttributeScenarios,
    DesignMap,
    ParameterRanges,
    ResponseCurve,
    Scenarios,
)
from pipeline.domain.display import chance, percent
from pipeline.reports.figures.panels import Drawing, drawing_of, labelled

SHOWN = 6
"""Largest number of parameters with a panel: those that change the chance most."""
MARGIN = 0.02
CHANCE_AXIS = "joint chance [%]"


def pictures_of(answer: Answer) -> dict[str, str]:
    """Return name → SVG of the scenarios of an answer; empty if no scenarios were computed."""
    found = answer.scenarios
    if not isinstance(found, Scenarios):
        return {}
    drawn = {"distributions": distributions(found, answer)}
    if any(curve.acts for curve in found.curves):
        drawn["response_curves"] = response_curves(found, answer)
    if found.map is not None:
        drawn["design_map"] = design_map(found.map, answer)
    return drawn


def distributions(found: Scenarios, answer: Answer) -> str:
    """Draw the distribution of each attribute against its limits, with and without the model's own error."""
    with drawing_of("distributions", len(found.attributes), 3, 3.7, 2.5) as drawing:
        for axes, line in zip(drawing.panels, found.attributes, strict=False):
            _distribution(axes, line, found.supported, answer)
        _legend(drawing)
    return drawing.svg


def _distribution(axes: Axes, line: AttributeScenarios, supported: float | None, answer: Answer) -> None:
    histogram, edges, limits = line.histogram, line.histogram.edges, _limits(line)
    axes.stairs(histogram.with_model_error, edges, fill=True, color="#bdbdbd", label="with the model's own error")
    axes.stairs(histogram.without_model_error, edges, color="black", linewidth=1.2, label="settings and lots alone")
    for i, limit in enumerate(limits):
        axes.axvline(limit, color="black", linestyle="--", linewidth=1.5, label=None if i else "specification")
    both = [*edges, *limits]
    room = MARGIN * (max(both) - min(both))
    axes.set_xlim(min(both) - room, max(both) + room)
    axes.set_xlabel(labelled(answer.name(line.attribute), line.unit))
    axes.set_ylabel("share of batches [–]")
    if line.with_model_error.chance is not None:
        axes.set_title(f"chance {chance(line.with_model_error.chance, supported)}", loc="left", fontsize=9)


def response_curves(found: Scenarios, answer: Answer) -> str:
    """Draw the joint chance along the parameters that change it most, with normal and proven ranges."""
    acting = [curve for curve in found.curves if curve.acts]
    acting = sorted(acting, key=lambda curve: min(curve.chance) - max(curve.chance))[:SHOWN]
    ranges = {line.parameter: line for line in found.ranges}
    with drawing_of("response_curves", len(acting), 3, 3.7, 2.5) as drawing:
        for axes, curve in zip(drawing.panels, acting, strict=False):
            _response(axes, curve, ranges[curve.parameter], found, answer)
        _legend(drawing)
    return drawing.svg


def _response(axes: Axes, curve: ResponseCurve, ranges: ParameterRanges, found: Scenarios, answer: Answer) -> None:
    values, best = curve.values, found.reached
    axes.plot(values, _percents(curve.chance), color="black", linewidth=1.4, label="joint chance")
    axes.axvline(curve.set_point, color="black", linewidth=0.8, linestyle=":", label="set-point")
    _level(axes, found.level, "--", "wanted level")
    if best is not None and best.level is not None and best.level != found.level:
        _level(axes, best.level, "-.", "level of the ranges")
    if best is None or best.at_set_points:  # ranges around the best settings do not belong to these curves
        _ranges(axes, curve, ranges)
    axes.set(xlim=(min(values), max(values)), ylim=(0, 100), xlabel=labelled(answer.name(curve.parameter), curve.unit))
    axes.set_ylabel(CHANCE_AXIS)


def _level(axes: Axes, level: float, style: str, label: str) -> None:
    axes.axhline(100 * level, color="black", linewidth=0.8, linestyle=style, label=f"{label} {percent(level)}")


def _ranges(axes: Axes, curve: ResponseCurve, ranges: ParameterRanges) -> None:
    if ranges.normal_operating_range is not None:
        low, high = ranges.normal_operating_range
        low, high = max(low, min(curve.values)), min(high, max(curve.values))
        axes.axvspan(low, high, color="#e0e0e0", zorder=0, linewidth=0, label="normal operating range")
    if ranges.proven_acceptable_range is not None:
        proven = ranges.proven_acceptable_range
        axes.plot([proven.low, proven.high], [2, 2], color="black", linewidth=4, label="proven acceptable range")


def design_map(found: DesignMap, answer: Answer) -> str:
    """Draw the joint chance over two parameters, with the edge of the design space at the level."""
    x, y, level = found.x, found.y, 100 * found.level
    chances = [_percents(line) for line in found.chance]
    with drawing_of("design_map", 1, 1, 6.2, 4.6) as drawing:
        axes = drawing.panels[0]
        shades = axes.contourf(x.values, y.values, chances, levels=range(0, 101, 10), cmap="Greys_r")
        drawing.figure.colorbar(shades, ax=axes, label=CHANCE_AXIS)
        low, high = min(map(min, chances)), max(map(max, chances))
        if low < level <= high:
            edge = axes.contour(x.values, y.values, chances, levels=[level], colors="#D55E00", linewidths=2.5)
            axes.clabel(edge, fmt={level: f"P = {percent(found.level)}"})
        where = "inside everywhere" if low >= level else "edge of the design space drawn" if level <= high else "not reached"
        at = ([x.set_point], [y.set_point])
        axes.plot(*at, marker="X", color="#D55E00", markeredgecolor="white", markersize=11, clip_on=False)
        axes.set_xlabel(labelled(answer.name(x.parameter), x.unit))
        axes.set_ylabel(labelled(answer.name(y.parameter), y.unit))
        axes.set_title(f"level {percent(found.level)}: {where}; cross: proposed set-points", loc="left", fontsize=9)
    return drawing.svg


def _percents(chances: Sequence[float]) -> list[float]:
    return [100 * value for value in chances]


def _limits(line: AttributeScenarios) -> list[float]:
    given = line.specification
    return [] if given is None else [limit for limit in (given.lower, given.upper) if limit is not None]


def _legend(drawing: Drawing) -> None:
    handles, labels = drawing.panels[0].get_legend_handles_labels()
    drawing.figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False)
