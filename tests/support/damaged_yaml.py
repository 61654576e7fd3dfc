"""Damage a YAML file as people, editors and disks do, with a seed."""

import random
from collections.abc import Callable

ODD_VALUES = (
    *(
        "inf",
        "-inf",
        ".inf",
        "nan",
        ".nan",
        "NaN",
        "yes",
        "no",
        "true",
        "1_0",
        "1:30",
        "0o7",
        "010",
        "0x1F",
        "1e5",
        "1e999",
        "-1",
        "0",
    ),
    *(
        "''",
        "'  '",
        "~",
        "[]",
        "{}",
        "[1, 2]",
        "{a: 1}",
        "2024-01-31",
        "1,5",
        "1.5.2",
        "5 %",
        "60 turn/min",
        "1 furlong",
        "100 L L",
    ),
    *(
        "L",
        "100",
        "1e308 L",
        "-5 L",
        "1e-300 L",
        "0 L",
        "nan L",
        "inf rpm",
        "1_000 L",
        "٣ L",
        "100\u00a0L",
        "=1+1",
        "x" * 3000,
        "9" * 400,
    ),
    *(
        r'"\x1b[31m"',
        "'[bold]'",
        "'<script>'",
        "'{P7}'",
        r'"\u202e"',
        "!!python/object:os.system x",
        "${oc.env:HOME}",
        "*a",
        "&a 5",
    ),
    *(
        "!!float '5'",
        "../../etc/passwd",
        "| \n  text",
        "P",
        "Q",
        "A",
        "B",
        "L00",
        "36.85 degC",
        "500 degC",
        "-300 degC",
        "1e9 rpm",
    ),
)
"""Values of other kinds, numbers that are none, and commands."""
ODD_KEYS = (
    "agitation",
    "titre",
    "volume",
    "sd",
    "lot",
    "fraction",
    "media",
    "unstated",
    "hold",
    "reference_scale",
    "name",
    "x",
    "<<",
    "1",
)
ODD_BYTES = (
    b"\x00",
    b"\xff",
    b"\xfc",
    b"\xef\xbb\xbf",
    b"\t",
    b"\r",
    b"\n",
    b'"',
    b"'",
    b"{",
    b"[",
    b"]",
    b":",
    b"- ",
    b"#",
    b"---\n",
)
Damage = Callable[[bytes, random.Random], bytes]


def _bytes(raw: bytes, rng: random.Random) -> bytes:
    """Exchange, remove or insert bytes."""
    found = bytearray(raw)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(found) + 1)
        found[at : at + rng.choice((0, 0, 1, 2))] = rng.choice((*ODD_BYTES, bytes([rng.randrange(256)]), b""))
    return bytes(found)


def _cut(raw: bytes, rng: random.Random) -> bytes:
    """End the file early, as a copy that was interrupted does."""
    return raw[: rng.randrange(len(raw))]


def _lines(raw: bytes, rng: random.Random) -> bytes:
    """Remove, repeat or exchange lines, or change how deep one stands."""
    lines = raw.split(b"\n")
    at, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    kind = rng.randrange(4)
    if kind == 0:
        del lines[at]
    elif kind == 1:
        lines.insert(other, lines[at])
    elif kind == 2:
        lines[at], lines[other] = lines[other], lines[at]
    else:
        lines[at] = b" " * rng.choice((1, 2, 3)) + lines[at]
    return b"\n".join(lines)


def _value(raw: bytes, rng: random.Random) -> bytes:
    """Put another value behind a key, or into a list."""
    lines = raw.split(b"\n")
    at = rng.choice([nth for nth, line in enumerate(lines) if line.strip()])
    head, mark, _ = lines[at].partition(b": " if b": " in lines[at] else b"- ")
    lines[at] = head + (mark or b": ") + rng.choice(ODD_VALUES).encode()
    return b"\n".join(lines)


def _key(raw: bytes, rng: random.Random) -> bytes:
    """Put another key before a value."""
    lines = raw.split(b"\n")
    at = rng.choice([nth for nth, line in enumerate(lines) if b":" in line])
    head, mark, tail = lines[at].partition(b":")
    blanks = head[: len(head) - len(head.lstrip())]
    lines[at] = blanks + rng.choice(ODD_KEYS).encode() + mark + tail
    return b"\n".join(lines)


def _encoding(raw: bytes, rng: random.Random) -> bytes:
    """Write the file in another encoding."""
    return raw.decode().encode(rng.choice(("utf-16", "utf-16-be", "utf-8-sig", "utf-32")))


KINDS: tuple[Damage, ...] = (_bytes, _cut, _lines, _value, _value, _value, _key, _encoding)


def damaged(raw: bytes, rng: random.Random) -> bytes:
    """Return a damaged file; one in three is damaged twice."""
    found = rng.choice(KINDS)(raw, rng)
    if rng.random() < 1 / 3:
        try:
            found = rng.choice((_bytes, _lines, _value, _key))(found, rng)
        except IndexError:  # no line is left that could be damaged
            return found
    return found
