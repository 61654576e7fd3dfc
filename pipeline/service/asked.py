"""The proposal that a request asks about, from its body."""

from starlette.requests import Request

from pipeline.answers.case.proposal_text import Form, plain_data, proposal_of_data
from pipeline.domain.config_files import as_json
from pipeline.service.refusals import RefusedError
from pipeline.service.warm import Asked

FORMS: dict[str, Form] = {
    "application/json": "json",
    "application/yaml": "yaml",
    "application/x-yaml": "yaml",
    "text/yaml": "yaml",
}
"""Type of a body → its form."""


def asked_in(body: bytes, form: Form) -> Asked:
    """Return the proposal in the body of a request. It may take a fifth of a second, so a worker does it.

    Raises ScalebridgeError for a body that holds no proposal.
    """
    return Asked(proposal_of_data(plain_data(body, form)), body.decode("utf-8-sig"), form)


def asked_as(data: object) -> Asked:
    """Return the proposal that plain data states.

    Raises ScalebridgeError if it is none.
    """
    return Asked(proposal_of_data(data), as_json(data), "json")


def form_of(request: Request) -> Form:
    """Return the form of the body of a request.

    Raises RefusedError for another type than JSON and YAML.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in FORMS:
        raise RefusedError(
            415,
            f"The body is of type {kind[:60] or 'nothing'!r}; send a proposal with `Content-Type: application/json` or "
            "`application/yaml`",
        )
    return FORMS[kind]
