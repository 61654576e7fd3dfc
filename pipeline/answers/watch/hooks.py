"""What is called when an alarm is raised: a command, an address or a topic gets the statement as JSON. It never stops a watch."""

import os
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
from pipeline.history.connectors.connections import read_connection
from pipeline.history.live.address import parsed_address
from pipeline.history.live.mqtt.client import MQTT_OPTIONS, MQTT_SCHEMES, mqtt_library, send_one

LIMIT = 30.0
"""Longest time that a hook may take [s]."""
_ADDRESSES = ("https://", "http://")
_MQTT = "mqtt:"
"""Beginning of a hook that is a topic: `mqtt:CONNECTION/topic`."""
KEY, KEY_VARIABLE = "Idempotency-Key", "SCALEBRIDGE_ALARM_KEY"
"""Header of a request, and environment variable of a command, with the key of the message."""


@dataclass(config=STRICT, frozen=True)
class Message:
    """What a hook gets."""

    key: str
    """The same for each attempt to send this message. A receiver that keeps the keys counts the message once."""
    alarm: Alarm
    watch: Watch


def check_hook(hook: str) -> None:
    """Refuse a hook that can never be called, before anything is computed.

    Raises ScalebridgeError for an empty command, quotes that do not close, or an address without a host.
    """
    if is_topic(hook):
        _check_topic(hook)
        return
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


def is_topic(hook: str) -> bool:
    """Tell whether a hook is a topic of MQTT. Such a hook gets each change of the alarm, and the broker keeps the newest."""
    return hook.startswith(_MQTT)


def call_hook(hook: str, message: str, key: str = "", limit: float = LIMIT) -> str | None:
    """Give a message to a hook. Return what went wrong, as a sentence; None if nothing did.

    message: JSON. key: the same for each attempt. A command gets the message on its standard input and is started without a shell;
    an address gets it by POST; a topic gets it with QoS 1, and the broker keeps it for those who come later.
    """
    try:
        if is_topic(hook):
            return _publish(hook, message, limit)
        if hook.startswith(_ADDRESSES):
            return _post(hook, message, key, limit)
        return _run(hook, message, key, limit)
    except Exception as error:
        return f"{hook_name(hook)} failed: {first_line(error)}"


def hook_name(hook: str) -> str:
    """Return a hook as it stands in a log: a command by its program, an address by its host. Their rest may hold a secret.

    >>> hook_name("mail -s alarm plant@example.org"), hook_name("https://user:word@example.org/x?key=1")
    ('the command mail', 'the address example.org')
    """
    if is_topic(hook):
        return f"the topic {hook.partition('/')[2]}"
    if hook.startswith(_ADDRESSES):
        return f"the address {urlsplit(hook).hostname}"
    return f"the command {(shlex.split(hook) or [''])[0]}"


def _check_topic(hook: str) -> None:
    name, _, topic = hook.removeprefix(_MQTT).partition("/")
    if not name or not topic or any(sign in topic for sign in "+#\0"):
        raise ScalebridgeError(
            f"--hook {hook}: write mqtt:CONNECTION/topic, such as mqtt:plant/scalebridge/alarms; a topic to send to holds no '+' "
            "and no '#'"
        )
    mqtt_library()
    parsed_address(read_connection(name).address, name, MQTT_SCHEMES, MQTT_OPTIONS)


def _publish(hook: str, message: str, limit: float) -> str | None:
    name, _, topic = hook.removeprefix(_MQTT).partition("/")
    address = parsed_address(read_connection(name).address, name, MQTT_SCHEMES, MQTT_OPTIONS)
    problem = send_one(address, topic, message, limit, retain=True)
    return None if problem is None else f"{hook_name(hook)} did not take the message: {problem}"


def _run(hook: str, message: str, key: str, limit: float) -> str | None:
    surroundings = {**os.environ, KEY_VARIABLE: key}
    try:
        done = subprocess.run(
            shlex.split(hook), input=message.encode(), capture_output=True, timeout=limit, check=False, env=surroundings
        )
    except subprocess.TimeoutExpired:
        return f"{hook_name(hook)} did not end within {limit:g} s and was ended"
    except FileNotFoundError:
        return f"{hook_name(hook)} does not exist"
    if done.returncode == 0:
        return None
    said = " ".join(done.stderr.decode(errors="replace").split())[:160]
    return f"{hook_name(hook)} ended with exit code {done.returncode}" + (f": {said}" if said else "")


def _post(hook: str, message: str, key: str, limit: float) -> str | None:
    headers = {"Content-Type": "application/json"} | ({KEY: key} if key else {})
    request = Request(hook, message.encode(), headers, method="POST")
    try:
        with urlopen(request, timeout=limit):
            return None
    except TimeoutError:
        return f"{hook_name(hook)} did not answer within {limit:g} s"
    except URLError as error:
        reason = f"it answered {error.code}" if hasattr(error, "code") else first_line(OSError(str(error.reason)))
        return f"{hook_name(hook)} did not take the message: {reason}"
