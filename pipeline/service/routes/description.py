"""The addresses of the service, as a page without scripts. `/openapi.json` holds the same for programs."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from pipeline.service.templates import rendered

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Parameter:
    """A part of an address, or a value after its question mark."""

    name: str
    where: str
    meaning: str
    values: str


@dataclass(frozen=True)
class Address:
    """An address with a method."""

    method: str
    path: str
    summary: str
    parameters: tuple[Parameter, ...]
    body: str
    returns: str


@router.get("/docs", response_class=HTMLResponse)
async def docs(request: Request) -> HTMLResponse:
    """Show the addresses."""
    schema = request.app.openapi()
    return HTMLResponse(rendered("docs.html.j2", about=schema["info"], groups=described(schema)))


@router.get("/favicon.ico")
async def icon() -> Response:
    """Return nothing: browsers ask for a picture of their own accord."""
    return Response(status_code=204, headers={"Cache-Control": "max-age=86400"})


def described(schema: dict[str, object]) -> dict[str, list[Address]]:
    """Return group → its addresses, from an OpenAPI schema."""
    groups: dict[str, list[Address]] = {}
    for path, methods in schema["paths"].items():  # type: ignore[attr-defined]
        for method, one in methods.items():
            groups.setdefault(one.get("tags", ["other"])[0], []).append(_address(method.upper(), path, one))
    return groups


def _address(method: str, path: str, one: dict) -> Address:  # type: ignore[type-arg]
    parameters = tuple(
        Parameter(given["name"], given["in"], given.get("description", ""), _values(given["schema"]))
        for given in one.get("parameters", ())
    )
    body = one.get("requestBody", {})
    told = f"{body.get('description', '')} ({', '.join(body['content'])})" if body else ""
    returned = one["responses"].get("200", {}).get("content", {})
    names = [_named(kind, content.get("schema", {})) for kind, content in returned.items()]
    return Address(method, path, one.get("description", one.get("summary", "")), parameters, told, ", ".join(names))


def _named(kind: str, schema: dict) -> str:  # type: ignore[type-arg]
    name = schema.get("$ref", "").rsplit("/", 1)[-1]
    return f"{name} ({kind})" if name else kind


def _values(schema: dict) -> str:  # type: ignore[type-arg]
    """Return what a parameter may be, in words."""
    if "enum" in schema:
        found = ", ".join(map(str, schema["enum"]))
    elif "anyOf" in schema:
        found = " or ".join(one.get("type", "") for one in schema["anyOf"] if one.get("type") != "null")
    else:
        found = schema.get("type", "")
    ends = [f"{word} {schema[key]}" for key, word in (("minimum", "at least"), ("maximum", "at most")) if key in schema]
    default = [f"default {schema['default']}"] if schema.get("default") is not None else []
    return "; ".join([found, *ends, *default])
