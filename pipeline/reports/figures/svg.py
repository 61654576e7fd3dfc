"""Lines, bars and words of a picture as SVG text. The result is small, sharp in print, and needs no library."""

from collections.abc import Iterable
from html import escape

INK, GREY, PALE, ACCENT = "#1a1a1a", "#6b6b6b", "#dcdcdc", "#0b4f8a"
HATCH = (
    '<defs><pattern id="hatch" width="6" height="6" patternTransform="rotate(45)" patternUnits="userSpaceOnUse">'
    f'<rect width="6" height="6" fill="white"/><line x1="0" y1="0" x2="0" y2="6" stroke="{INK}" stroke-width="2"/></pattern></defs>'
)
"""Pattern of falling bars. Rising bars are full, so that the two differ also in a black-and-white print."""


def picture(width: float, height: float, parts: Iterable[str], title: str) -> str:
    """Return a whole picture that scales to the available width. A screen reader reads the title."""
    name = escape(title)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{name}" '
        f'font-family="inherit" font-size="12"><title>{name}</title>{"".join(parts)}</svg>'
    )


def line(x1: float, y1: float, x2: float, y2: float, *, colour: str = INK, width: float = 1.0, dash: str = "") -> str:
    """Return a straight line."""
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width:g}"{dashed}/>'
    )


def box(x: float, y: float, width: float, height: float, *, fill: str = INK, stroke: str = "none") -> str:
    """Return a rectangle."""
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0.8):.1f}" height="{height:.1f}" fill="{fill}" stroke="{stroke}"/>'


def dot(x: float, y: float, radius: float, *, fill: str = INK, stroke: str = INK) -> str:
    """Return a circle."""
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" fill="{fill}" stroke="{stroke}" stroke-width="1.5"/>'


def diamond(x: float, y: float, width: float, height: float, *, fill: str, stroke: str, line_width: float) -> str:
    """Return a diamond. width, height: from its centre to a corner."""
    points = " ".join(f"{x + dx:.1f},{y + dy:.1f}" for dx, dy in ((0, -height), (width, 0), (0, height), (-width, 0)))
    return f'<polygon points="{points}" fill="{fill}" stroke="{stroke}" stroke-width="{line_width:g}"/>'


def words(x: float, y: float, text: str, *, anchor: str = "start", bold: bool = False, colour: str = INK) -> str:
    """Return text on a base line. anchor: start, middle or end."""
    weight = ' font-weight="600"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}"{weight}>{escape(text)}</text>'
