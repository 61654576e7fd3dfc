"""Several panels in one matplotlib figure, as SVG text. The same panels give the same bytes."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipeline.domain.names.shown import plain_text


@dataclass
class Drawing:
    """A figure with its panels; `svg` holds the text once the figure is closed."""

    figure: Figure
    panels: list[Axes]
    svg: str = field(default="")


def labelled(name: str, unit: str) -> str:
    """Return a name with its unit, as an axis has it."""
    return f"{name} [{unit}]" if unit else name


@contextmanager
def drawing_of(name: str, count: int, columns: int, width: float, height: float) -> Iterator[Drawing]:
    """Yield panels to draw on. Afterwards the drawing holds the SVG, which is the same at any time and on any machine."""
    matplotlib.use("Agg")
    matplotlib.rcParams["text.parse_math"] = False  # a name may hold a dollar sign
    import matplotlib.pyplot as plt

    columns = min(columns, count)
    lines = -(-count // columns)
    with matplotlib.rc_context({"svg.hashsalt": name, "svg.fonttype": "none", "font.size": 9, "font.family": "sans-serif"}):
        size = (width * columns, height * lines + 0.4)
        figure, panels = plt.subplots(lines, columns, figsize=size, squeeze=False, layout="constrained")
        drawing = Drawing(figure, list(panels.ravel()))
        for axes in drawing.panels[count:]:
            axes.set_visible(False)
        for axes in drawing.panels:
            axes.spines[["top", "right"]].set_visible(False)
        yield drawing
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
        plt.close(figure)
    whole = text.getvalue()
    drawing.svg = plain_text(whole[whole.index("<svg") :])
