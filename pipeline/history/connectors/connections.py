"""Connections: the address of a database, a server or a broker, by a name. Only a driver ever sees the address."""

import os
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pipeline.domain.config_files import read_yaml
from pipeline.domain.errors import ScalebridgeError, first_line, listed

VARIABLE = "SCALEBRIDGE_CONNECTION_"
FILE = "connections.yaml"
HIDDEN = "***"
_SECRET = re.compile(r"(?i)(\b(?:password|passwd|pwd|sslpassword|token|secret)\s*=\s*)('[^']*'|\{[^}]*\}|[^\s;&'\"]+)")
_NUMBERS = re.compile(r"\(?\b\d{1,3}(?:\.\d{1,3}){3}\b\)?|\((?=[0-9a-fA-F:]*:)[0-9a-fA-F:]+\)")
"""Addresses in numbers, which a driver looks up from a name."""
_USER_INFO = re.compile(r"(?i)\b([a-z][a-z0-9+.\-]*://)[^\s/@'\"]*@")


@dataclass(frozen=True)
class Connection:
    """A connection by its name. Its text never shows the address."""

    name: str
    address: str = field(repr=False)
    """The address, with the password if it has one. Give it to a driver and to nothing else."""

    def __str__(self) -> str:
        return f"connection '{self.name}'"

    @property
    def scheme(self) -> str:
        """What the address begins with, such as `postgresql` or `opc.tcp`."""
        return self.address.partition("://")[0].lower()

    def redacted(self, text: object) -> str:
        """Return the message of a driver without address, host, user and password. Drivers write them into messages."""
        found = str(text)
        for secret in sorted(self._secrets(), key=len, reverse=True):
            found = found.replace(secret, HIDDEN)
        for name in self._names():
            found = re.sub(rf"(?<![\w.]){re.escape(name)}(?![\w.]*\w)", HIDDEN, found)
        hidden = _USER_INFO.sub(rf"\1{HIDDEN}@", _SECRET.sub(rf"\1{HIDDEN}", found))
        return _NUMBERS.sub(HIDDEN, hidden)

    def failure(self, error: BaseException) -> str:
        """Return the message of an error of a driver as one line without secrets."""
        line = self.redacted(" ".join(str(error).split()) or type(error).__name__)
        return first_line(ValueError(line))

    def _names(self) -> set[str]:
        """The host, and the user in quotation marks, which may otherwise be an ordinary word of a message."""
        try:
            parts = urlsplit(self.address)
            host, user = parts.hostname, parts.username
        except ValueError:
            return set()
        hosts = {value for key, _, value in (part.partition("=") for part in parts.query.split("&")) if key == "host"}
        hosts |= {unquote(one) for one in hosts} | ({host} if host else set())
        return {one for one in hosts if len(one) > 1} | ({f'"{unquote(user)}"', f"'{unquote(user)}'"} if user else set())

    def _secrets(self) -> set[str]:
        found = {self.address}
        try:
            parts = urlsplit(self.address)
            password = parts.password
        except ValueError:
            return found
        query = parts.query
        found |= {value for key, _, value in (part.partition("=") for part in query.split("&")) if _is_secret(key)}
        found |= {parts.netloc.rpartition("@")[0]}
        if password:
            found |= {password, unquote(password)}
        return {secret for secret in found | {unquote(one) for one in found} if len(secret) > 1}


def _is_secret(key: str) -> bool:
    return bool(re.fullmatch(r"(?i)(ssl)?password|passwd|pwd|token|secret|odbc_connect", key))


def read_connection(name: str, root: Path = Path()) -> Connection:
    """Return a connection from the environment, or else from `connections.yaml` in the folder of the project.

    Raises ScalebridgeError if neither has its address, or if git tracks the file.
    """
    variable = VARIABLE + name.upper()
    if stated := os.environ.get(variable, "").strip():
        return Connection(name, stated)
    file = root / FILE
    known = _in_file(file) if file.is_file() else {}
    if name not in known:
        there = f"{FILE} names {listed(sorted(known))}" if file.is_file() else f"{FILE} does not exist"
        raise ScalebridgeError(
            f"There is no address of the connection '{name}': set the environment variable {variable}, or write "
            f"`{name}: <address>` into {FILE} in the folder of the project, which git ignores. {there}"
        )
    return Connection(name, known[name])


def _in_file(file: Path) -> dict[str, str]:
    """Return name → address. No message of this function shows a value."""
    if _is_tracked(file):
        raise ScalebridgeError(
            f"git tracks {FILE}, which holds passwords. Take it out with `git rm --cached {FILE}`, write /{FILE} into .gitignore, "
            "and change the passwords, since earlier commits show them"
        )
    try:
        given = read_yaml(file)
    except ScalebridgeError:
        raise ScalebridgeError(
            f"{file} is not YAML with one `name: address` per line. Its content is not shown, since it holds passwords"
        ) from None
    if wrong := [name for name, address in given.items() if not isinstance(address, str) or not address.strip()]:
        raise ScalebridgeError(f"{file}: the address of {listed(wrong)} is no text; write `name: scheme://…`")
    return {str(name): address.strip() for name, address in given.items()}


def _is_tracked(file: Path) -> bool:
    """Whether git tracks a file. Without git, or outside of a repository, nothing is tracked."""
    try:
        found = subprocess.run(
            ["git", "ls-files", "--error-unmatch", file.name], cwd=file.parent, capture_output=True, check=False
        )
    except OSError:
        return False
    return found.returncode == 0
