"""How a browser brings the token: once, in a form. It then has a cookie that no script reads and no other site sends."""

from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from pipeline.service.access import COOKIE
from pipeline.service.refusals import refused
from pipeline.service.state import StateOf
from pipeline.service.templates import rendered

router = APIRouter(tags=["service"], include_in_schema=False)
FORM = "application/x-www-form-urlencoded"


@router.get("/login", response_class=HTMLResponse)
async def form(onward: Annotated[str, Query(alias="next")] = "/") -> Response:
    """Show the form for the token."""
    return HTMLResponse(rendered("login.html.j2", onward=local(onward), problem=""))


@router.post("/login")
async def login(request: Request, state: StateOf) -> Response:
    """Exchange the token for a cookie."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        return refused(415, f"The form of the token is of type {FORM}")
    fields = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=10)
    onward = local(fields.get("next", ["/"])[0])
    if not state.access.is_token(fields.get("token", [""])[0].strip()):
        problem = "This is not the token of the service."
        return HTMLResponse(rendered("login.html.j2", onward=onward, problem=problem), 403)
    response = RedirectResponse(onward, 303)
    if state.settings.token is not None:
        secure = request.url.scheme == "https"
        response.set_cookie(COOKIE, state.access.session, httponly=True, samesite="strict", secure=secure, path="/")
    return response


def local(onward: str) -> str:
    """Return an address of this service; `/` in place of any other.

    >>> local("/answers"), local("//evil.example"), local("https://evil.example"), local("/\\\\evil.example")
    ('/answers', '/', '/', '/')
    """
    plain = onward.startswith("/") and not onward.startswith("//") and "\\" not in onward
    return onward if plain and onward.isprintable() and onward.isascii() else "/"
