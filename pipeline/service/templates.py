"""The pages of the service itself, which need no script and no other host."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, Template


@cache
def _template(name: str) -> Template:
    environment = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True)
    return environment.get_template(name)


def rendered(name: str, **values: object) -> str:
    """Return a page."""
    return _template(name).render(**values)
