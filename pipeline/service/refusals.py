"""Every refusal of the service: the status of HTTP, and one plain sentence as `{"error": …}`."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from pipeline.domain.errors import ScalebridgeError

PLAIN = {
    404: "There is nothing at this address; the addresses are listed at /docs",
    405: "This address does not take this method; the addresses and methods are listed at /docs",
}
"""Status → sentence for what the framework itself refuses."""


class RefusedError(Exception):
    """A request that is refused: status and sentence."""

    def __init__(self, status: int, sentence: str, retry_after: int | None = None) -> None:
        super().__init__(sentence)
        self.status, self.sentence, self.retry_after = status, sentence, retry_after


def refused(status: int, sentence: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """Return a refusal as a response."""
    return JSONResponse({"error": sentence}, status, headers)


def add_refusals(app: FastAPI) -> None:
    """Let the app answer every error with a sentence."""

    @app.exception_handler(RefusedError)
    async def _refusal(_: Request, error: RefusedError) -> JSONResponse:
        retry = {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}
        return refused(error.status, error.sentence, retry)

    @app.exception_handler(ScalebridgeError)
    async def _mistake(_: Request, error: ScalebridgeError) -> JSONResponse:
        return refused(422, str(error))

    @app.exception_handler(HTTPException)
    async def _of_framework(_: Request, error: HTTPException) -> JSONResponse:
        return refused(error.status_code, PLAIN.get(error.status_code, str(error.detail)))

    @app.exception_handler(RequestValidationError)
    async def _invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        return refused(422, f"{'.'.join(map(str, first['loc'][1:]))}: {first['msg']}")
