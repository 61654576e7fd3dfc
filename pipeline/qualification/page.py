"""A qualification as one self-contained page that prints well."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from pipeline.domain.names.shown import visible
from pipeline.qualification.qualification import Qualification


def page(made: Qualification) -> str:
    """Return a qualification as HTML."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["visible"] = visible
    return environment.get_template("qualification.html.j2").render(made=made)
