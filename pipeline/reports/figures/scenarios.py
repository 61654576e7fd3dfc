"""Pictures of scenarios as SVG text, made from the plain data alone; the same data gives the same bytes."""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import matplotlib

SHOWN = 6
"""Parameters with a panel of their own: those that move the chance most."""
MARGIN = 0.02


def pictures_of(result: Mapping[str, Any]) -> dict[str, str]:
    """Draw the scenarios of an answer; none where none were played."""
    return {} if result.get("scenarios") is None else pictures(result["scenarios"])


def pictures(found: Mapping[str, Any]) -> dict[str, str]:
    """Draw what there is: name → SVG. Keys: distributions, response_curves, design_space."""
    drawn = {"distributions": distributions(found)}
    if any(curve["acts"] for curve in found["curves"]):
        drawn["response_curves"] = response_curves(found)
    if found["map"] is not None:
        drawn["design_space"] = design_space(found["map"])
    return drawn


def distributions(found: Mapping[str, Any]) -> str:
    """Draw each attribute's distribution with and without the model's own error against its limits."""
    lines = found["attributes"]
    with _figure("distributions", len(lines), 3, 3.7, 2.5) as (_, panels, out):
        for axes, line in zip(panels, lines, strict=False):
            _distribution(axes, line)
        handles, labels = panels[0].get_legend_handles_labels()
        panels[0].figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False)
    return out[0]


def _distribution(axes: Any, line: Mapping[str, Any]) -> None:
    histogram, edges = line["histogram"], line["histogram"]["edges"]
    axes.stairs(histogram["with_model_error"], edges, fill=True, color="#bdbdbd", label="with the model's own error")
    axes.stairs(histogram["without_model_error"], edges, color="black", linewidth=1.2, label="settings and lots alone")
    for i, limit in enumerate(_limits(line)):
        axes.axvline(limit, color="black", linestyle="--", linewidth=1.5, label=None if i else "specification")
    both = [*edges, *_limits(line)]
    room = MARGIN * (max(both) - min(both))
    axes.set_xlim(min(both) - room, max(both) + room)
    axes.set_xlabel(_labelled(line["attribute"], line["unit"]))
    axes.set_ylabel("share of batches")
    chance = line["with_model_error"]["probability_within_specification"]
    if chance is not None:
        axes.set_title(f"P(in spec) {chance:.2f}", loc="left", fontsize=9)


def response_curves(found: Mapping[str, Any]) -> str:
    """Draw P(all in specification) along the parameters that move it most, with normal and proven ranges."""
    acting = sorted((c for c in found["curves"] if c["acts"]), key=lambda c: min(c["chance"]) - max(c["chance"]))[:SHOWN]
    ranges = {line["parameter"]: line for line in found["ranges"]}
    with _figure("response_curves", len(acting), 3, 3.7, 2.5) as (_, panels, out):
        for axes, curve in zip(panels, acting, strict=False):
            _response(axes, curve, ranges[curve["parameter"]], found)
        handles, labels = panels[0].get_legend_handles_labels()
        panels[0].figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False)
    return out[0]


def _response(axes: Any, curve: Mapping[str, Any], ranges: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    values, level, best = curve["values"], found["level"], found["reached"]
    axes.plot(values, curve["chance"], color="black", linewidth=1.4, label="P(all in specification)")
    axes.axvline(curve["set_point"], color="black", linewidth=0.8, linestyle=":", label="set-point")
    axes.axhline(level, color="black", linewidth=0.8, linestyle="--", label=f"wanted level {level:g}")
    if best["level"] not in (None, level):
        axes.axhline(
            best["level"], color="black", linewidth=0.8, linestyle="-.", label=f"level of the ranges {best['level']:g}"
        )
    if best["ranges_around"] != "the proposed set-points":  # they belong to other curves than these
        ranges = dict.fromkeys(ranges)
    if normal := ranges["normal_operating_range"]:
        low, high = max(normal[0], min(values)), min(normal[1], max(values))
        axes.axvspan(low, high, color="#e0e0e0", zorder=0, linewidth=0, label="normal operating range")
    if proven := ranges["proven_acceptable_range"]:
        axes.plot([proven["low"], proven["high"]], [0.02, 0.02], color="black", linewidth=4, label="proven acceptable range")
    axes.set(xlim=(min(values), max(values)), ylim=(0, 1), xlabel=_labelled(curve["parameter"], curve["unit"]))
    axes.set_ylabel("P(all in spec)")


def design_space(found: Mapping[str, Any]) -> str:
    """Draw P(all in specification) over two parameters, with the edge of the design space at the wanted level."""
    x, y, chance, level = found["x"], found["y"], found["chance"], found["level"]
    with _figure("design_space", 1, 1, 6.2, 4.6) as (figure, panels, out):
        axes = panels[0]
        shades = axes.contourf(x["values"], y["values"], chance, levels=[i / 10 for i in range(11)], cmap="Greys_r")
        figure.colorbar(shades, ax=axes, label="P(all in specification)")
        low, high = min(map(min, chance)), max(map(max, chance))
        if low < level <= high:
            edge = axes.contour(x["values"], y["values"], chance, levels=[level], colors="#D55E00", linewidths=2.5)
            axes.clabel(edge, fmt={level: f"P = {level:g}"})
        said = "inside everywhere" if low >= level else "edge of the design space drawn" if level <= high else "not reached"
        cross = {"marker": "X", "color": "#D55E00", "markeredgecolor": "white", "markersize": 11, "clip_on": False}
        axes.plot(x["set_point"], y["set_point"], **cross)
        axes.set_xlabel(_labelled(x["parameter"], x["unit"]))
        axes.set_ylabel(_labelled(y["parameter"], y["unit"]))
        axes.set_title(f"level {level:g}: {said}; cross: proposed set-points", loc="left", fontsize=9)
    return out[0]


def _limits(line: Mapping[str, Any]) -> list[float]:
    given = line["specification"] or {}
    return [limit for limit in (given.get("lower"), given.get("upper")) if limit is not None]


def _labelled(name: str, unit: str) -> str:
    return f"{name.replace('_', ' ')} [{unit or '1'}]"


@contextmanager
def _figure(name: str, count: int, columns: int, width: float, height: float) -> Iterator[tuple[Any, list[Any], list[str]]]:
    """Panels to draw on; the SVG stands in the list afterwards. Nothing in it depends on the time or the place."""
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    columns = min(columns, count)
    lines = -(-count // columns)
    out: list[str] = []
    with matplotlib.rc_context({"svg.hashsalt": name, "svg.fonttype": "none", "font.size": 9, "font.family": "sans-serif"}):
        size = (width * columns, height * lines + 0.4)
        figure, panels = plt.subplots(lines, columns, figsize=size, squeeze=False, layout="constrained")
        flat = list(panels.ravel())
        for axes in flat[count:]:
            axes.set_visible(False)
        for axes in flat:
            axes.spines[["top", "right"]].set_visible(False)
        yield figure, flat, out
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
        plt.close(figure)
    whole = text.getvalue()
    out.append(whole[whole.index("<svg") :])
