"""Every refusal of the service: the status of HTTP, and one plain sentence as `{"error": …}`."""

from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic.dataclasses import dataclass
from starlette.exceptions import HTTPException

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.strict_config import STRICT

PLAIN = {
    404: "There is nothing at this address; the addresses are listed at /docs",
    405: "This address does not take this method; the addresses and their methods are listed at /docs",
}
"""Status → sentence for what the framework itself refuses."""
MOST = 1_500
"""Most characters of a sentence."""


@dataclass(config=STRICT, frozen=True)
class Error:
    """A refusal as the service sends it."""

    error: str
    """Why, and what to do, in a plain sentence."""


class RefusedError(Exception):
    """A request that is refused: status and sentence."""

    def __init__(self, status: int, sentence: str, retry_after: int | None = None) -> None:
        super().__init__(sentence)
        self.status, self.sentence, self.retry_after = status, sentence, retry_after


def refused(status: int, sentence: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """Return a refusal as a response."""
    return JSONResponse({"error": sentence if len(sentence) <= MOST else f"{sentence[:MOST]} …"}, status, headers)


def without_paths(sentence: str, data: Path) -> str:
    """Return a sentence without the place of the project on this machine. data: the data folder."""
    for folder in (data.resolve(), data.absolute()):
        sentence = sentence.replace(f"{folder}/", "data/").replace(str(folder), "data")
        sentence = sentence.replace(f"{folder.parent}/", "")
    return sentence


def add_refusals(app: FastAPI, data: Path, unready: type[ScalebridgeError]) -> None:
    """Let the app answer every error with a sentence.

    data: the data folder, whose place is not told. unready: an error that is not the fault of who asks.
    """

    @app.exception_handler(RefusedError)
    async def _refusal(_: Request, error: RefusedError) -> JSONResponse:
        retry = {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}
        return refused(error.status, error.sentence, retry)

    @app.exception_handler(ScalebridgeError)
    async def _mistake(_: Request, error: ScalebridgeError) -> JSONResponse:
        return refused(503 if isinstance(error, unready) else 422, without_paths(" ".join(str(error).split()), data))

    @app.exception_handler(HTTPException)
    async def _of_framework(_: Request, error: HTTPException) -> JSONResponse:
        allowed = {name: value for name, value in (error.headers or {}).items() if name.lower() == "allow"}
        return refused(error.status_code, PLAIN.get(error.status_code, str(error.detail)), allowed)

    @app.exception_handler(RequestValidationError)
    async def _invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        problems = (f"{'.'.join(map(str, one['loc'][1:]))}: {one['msg']}" for one in error.errors()[:5])
        return refused(422, f"The address is not valid: {'; '.join(problems)}")
