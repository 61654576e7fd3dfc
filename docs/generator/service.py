"""The page about the addresses of `scalebridge serve`, and their description for programs."""

from pathlib import Path

from docs.generator.markdown import heading, page, table
from pipeline.domain.config_files import as_json
from pipeline.domain.places import Places
from pipeline.service.app import create_app
from pipeline.service.routes.description import Address, described
from pipeline.service.settings import ServiceSettings


def service_pages() -> dict[str, str]:
    """Return file name → content: the page, and the description in OpenAPI."""
    app = create_app(ServiceSettings(Places.under(Path("data"))))
    schema = app.openapi()
    parts = [
        part
        for group, addresses in described(schema).items()
        for part in (heading(2, group.capitalize()), *(text for one in addresses for text in _address(one)))
    ]
    made = page(
        heading(1, "Service: addresses"),
        "What [`scalebridge serve`](../how_to/serve.md) answers. The running service shows this page at `/docs`. The description "
        "for programs is at `/openapi.json`, and [here](openapi.json). The types are those of [Result](result.md) and "
        '[Watch](watch.md). Every refusal is `{"error": "…"}` with one sentence.',
        *parts,
    )
    return {"service.md": made, "openapi.json": as_json(schema)}


def _address(one: Address) -> list[str]:
    rows = [(f"`{given.name}`", given.where, given.values, given.meaning) for given in one.parameters]
    return [
        heading(3, f"`{one.method} {one.path}`"),
        one.summary,
        *([table(("parameter", "in", "values", "meaning"), rows)] if rows else []),
        *([f"Body: {one.body}."] if one.body else []),
        *([f"Returns: {one.returns}."] if one.returns else []),
    ]
