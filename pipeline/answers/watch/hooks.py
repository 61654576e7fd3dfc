"""What is called when an alarm is raised: a command, or an address that gets the statement as JSON. It never stops a watch."""

import shlex
import subprocess
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from pydantic.dataclasses import dataclass

from pipeline.answers.result.watch import Watch
from pipeline.answers.watch.alarms import Alarm
from pipeline.domain.errors import ScalebridgeError, first_line
from pipeline.domain.strict_config import STRICT

LIMIT = 30.0
"""Longest time that a hook may take [s]."""
_ADDRESSES = ("https://", "http://")


@dataclass(config=STRICT, frozen=True)
class Message:
    """What a hook gets."""

    alarm: Alarm
    watch: Watch


def check_hook(hook: str) -> None:
    """Refuse a hook that can never be called, before anything is computed.

    Raises ScalebridgeError for an empty command, quotes that do not close, or an address without a host.
    """
    if hook.startswith(_ADDRESSES):
        if not urlsplit(hook).hostname:
            raise ScalebridgeError(
                f"--hook {hook}: the address has no host; write for example https://alarms.example.org/batch"
            )
        if urlsplit(hook).username is not None:
            raise ScalebridgeError(
                "--hook: the address holds the name of a user, which is not supported; use a command instead"
            )
        return
    try:
        words = shlex.split(hook)
    except ValueError as error:
        raise ScalebridgeError(f"--hook {hook}: the command cannot be read ({error}); close every quote") from None
    if not words:
        raise ScalebridgeError("--hook is empty; give a command, or an address that begins with https://")


def call_hook(hook: str, message: str, limit: float = LIMIT) -> str | None:
    """Give a message to a hook. Return what went wrong, as a sentence; None if nothing did.

    message: JSON. A command gets it on its standard input and is started without a shell; an address gets it by POST.
    """
    try:
        if hook.startswith(_ADDRESSES):
            return _post(hook, message, limit)
        return _run(hook, message, limit)
    except Exception as error:
        return f"{hook_name(hook)} failed: {first_line(error)}"


def hook_name(hook: str) -> str:
    """Return a hook as it stands in a log: a command by its program, an address by its host. Their rest may hold a secret.

    >>> hook_name("mail -s alarm plant@example.org"), hook_name("https://user:word@example.org/x?key=1")
    ('the command mail', 'the address example.org')
    """
    if hook.startswith(_ADDRESSES):
        return f"the address {urlsplit(hook).hostname}"
    return f"the command {(shlex.split(hook) or [''])[0]}"


def _run(hook: str, message: str, limit: float) -> str | None:
    try:
        done = subprocess.run(shlex.split(hook), input=message.encode(), capture_output=True, timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        return f"{hook_name(hook)} did not end within {limit:g} s and was ended"
    except FileNotFoundError:
        return f"{hook_name(hook)} does not exist"
    if done.returncode == 0:
        return None
    said = " ".join(done.stderr.decode(errors="replace").split())[:160]
    return f"{hook_name(hook)} ended with exit code {done.returncode}" + (f": {said}" if said else "")


def _post(hook: str, message: str, limit: float) -> str | None:
    request = Request(hook, message.encode(), {"Content-Type": "application/json"}, method="POST")
    try:
        with urlopen(request, timeout=limit):
            return None
    except TimeoutError:
        return f"{hook_name(hook)} did not answer within {limit:g} s"
    except URLError as error:
        reason = f"it answered {error.code}" if hasattr(error, "code") else first_line(OSError(str(error.reason)))
        return f"{hook_name(hook)} did not take the message: {reason}"
