"""Damage the text of a raw file as it is damaged in life: cells, lines, and the bytes of the whole file. All by a seed."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field

NUMBERS = (
    *(
        "36,5",
        "36.5",
        "1.234.567",
        "1,234",
        "1 234",
        "1'234.5",
        "36.5 °C",
        "36.5C",
        "3 6",
        "36.5\u00a0",
        "\u00a036",
        "\u200b36",
    ),
    *(
        "３６",
        "٣٦",
        "−36",
        "–3",
        "36½",
        "1/2",
        "n.d.",
        "NaN",
        "nan",
        "inf",
        "-inf",
        "Infinity",
        "1e999",
        "-1e999",
        "1_0",
        "0x1F",
    ),
    *(
        "1e5",
        "1E+2",
        "1e-3",
        "1e",
        "+36",
        "--36",
        "36.",
        "36..5",
        ".5",
        "5.5.5",
        "<5",
        "> 3",
        "≤2",
        "~3",
        "<",
        "",
        "   ",
        "true",
    ),
    *("None", "NULL", "#N/A", "#DIV/0!", "=1+1", "@x", "-", "—", "12:30", "2024-01-01", "95 %", "95%", "(5)", "5-", "ca. 5"),
    *(
        "9" * 400,
        "0" * 30 + "7",
        "1e308",
        "4.9e-324",
        "3.0000000000000000001",
        "O5",
        "l5",
        "5;6",
        "5,6,7",
        '3"',
        '"',
        "\x00",
    ),
    *("\x1b[31m5", "5\u202e", "5\u2028", "５.５", "1٫5", "1·5", "36,5e1", "０", "²", "Ⅳ", "x" * 3000),
)
IDS = (
    *(
        "b01",
        "B1",
        "B01 ",
        " B01",
        "B\u00a001",
        "B01\u200b",
        "В01",
        "B0l",
        "BO1",
        "B-01",
        "B02",
        "",
        "  ",
        "B01;B02",
        "B01,B02",
    ),
    *(
        "n.a.",
        "=B01",
        "@B01",
        "'B01",
        "B01\x00",
        "Prod-A\u0308",
        "Prod-Ä",
        "🧪",
        "B01\t",
        "B" * 500,
        "01.02",
        "1e3",
        '"B01"',
        'B"01',
    ),
)
TIMES = (
    *(
        "31.01.2024",
        "2024-13-01",
        "2024-02-30",
        "2024-1-5",
        "24-01-05",
        "0024-01-05",
        "2024-01-05T00:00",
        "2024-01-05 25:00",
    ),
    *("2024-01-05 08:00", "2024-01-05 8:5", "2024/01/05", "45296", "05-01-2024", "2024-01-05Z", "heute", "", "2024-01-0５"),
    *(
        "2024-01-05 08:00 PM",
        "2024-01-05 24:00",
        "2024-01-05 08:60",
        "20240105",
        "2024-001",
        "9999-12-31",
        "2024-01-05 08:00:00",
    ),
)
TEXTS = NUMBERS + IDS + TIMES


@dataclass
class Damaged:
    """A file under damage: lines with their ends, then bytes. The first line is the header."""

    lines: list[str]
    ends: list[str]
    separator: str
    draw: random.Random
    encoding: str
    log: list[str] = field(default_factory=list)

    def row(self) -> int:
        """Index of a line below the header."""
        return self.draw.randrange(1, len(self.lines))

    def fields(self, at: int) -> list[str]:
        """Cells of an undamaged line, quotation marks included."""
        return self.lines[at].split(self.separator)

    def put(self, at: int, line: str, what: str) -> None:
        """Replace a line."""
        self.lines[at] = line
        self.log.append(f"{what} in line {at + 1}")

    def insert(self, at: int, line: str, what: str) -> None:
        """Insert a line."""
        self.lines.insert(at, line)
        self.ends.insert(at, self.ends[0])
        self.log.append(f"{what} at line {at + 1}")


def cell(file: Damaged) -> None:
    """Another text in a cell, with quotation marks where a program would write them."""
    at = file.row()
    fields = file.fields(at)
    nth, text = file.draw.randrange(len(fields)), file.draw.choice(TEXTS)
    if file.separator in text or '"' in text:
        text = '"' + text.replace('"', '""') + '"'
    fields[nth] = text
    file.put(at, file.separator.join(fields), f"cell {nth + 1} = {text[:40]!r}")


def bare_cell(file: Damaged) -> None:
    """Another text in a cell, without quotation marks."""
    at = file.row()
    fields = file.fields(at)
    nth, text = file.draw.randrange(len(fields)), file.draw.choice(TEXTS)
    fields[nth] = text
    file.put(at, file.separator.join(fields), f"bare cell {nth + 1} = {text[:40]!r}")


def other_mark(file: Damaged) -> None:
    """The other decimal mark in every number of a line."""
    at = file.row()
    swapped = re.sub(r"(\d)([.,])(\d)", lambda m: m[1] + {".": ",", ",": "."}[m[2]] + m[3], file.lines[at])
    file.put(at, swapped, "other decimal mark")


def cut(file: Damaged) -> None:
    """A line that ends too early."""
    at = file.row()
    file.put(at, file.lines[at][: file.draw.randrange(len(file.lines[at]) + 1)], "cut off")


def doubled(file: Damaged) -> None:
    """A line twice."""
    at = file.draw.randrange(len(file.lines))
    file.insert(max(at, 1), file.lines[at], "doubled")


def swapped(file: Damaged) -> None:
    """Two cells exchanged."""
    at = file.row()
    fields = file.fields(at)
    one, other = file.draw.randrange(len(fields)), file.draw.randrange(len(fields))
    fields[one], fields[other] = fields[other], fields[one]
    file.put(at, file.separator.join(fields), "swapped cells")


def separator(file: Damaged) -> None:
    """A separator too many or too few."""
    at = file.row()
    line, places = file.lines[at], [m.start() for m in re.finditer(re.escape(file.separator), file.lines[at])]
    if places and file.draw.random() < 0.5:
        place = file.draw.choice(places)
        file.put(at, line[:place] + line[place + 1 :], "a separator less")
    else:
        place = file.draw.randrange(len(line) + 1)
        file.put(at, line[:place] + file.separator + line[place:], "a separator more")


def quote(file: Damaged) -> None:
    """A stray quotation mark."""
    at = file.row()
    place = file.draw.randrange(len(file.lines[at]) + 1)
    file.put(at, file.lines[at][:place] + '"' + file.lines[at][place:], f"stray quotation mark at {place}")


def blank(file: Damaged) -> None:
    """A blank line, or one that holds only blanks or separators."""
    text = file.draw.choice(["", "  ", "\t", file.separator * (len(file.fields(0)) - 1)])
    file.insert(file.draw.randrange(1, len(file.lines) + 1), text, f"line {text!r}")


def joined(file: Damaged) -> None:
    """Two lines without the end between them."""
    at = file.row()
    if at + 1 < len(file.lines):
        following = file.lines.pop(at + 1)
        file.ends.pop(at + 1)
        file.put(at, file.lines[at] + following, "joined with the next")


def ends(file: Damaged) -> None:
    """Ends of lines of several systems."""
    kinds = file.draw.choice([["\r"], ["\r\n"], ["\n", "\r\n"], ["\n", "\r"], ["\r", "\r\n", "\n"]])
    file.ends = [file.draw.choice(kinds) for _ in file.lines]
    file.log.append(f"ends {kinds}")


def header(file: Damaged) -> None:
    """A damaged header."""
    fields = file.fields(0)
    nth = file.draw.randrange(len(fields))
    name = fields[nth]
    fields[nth] = file.draw.choice(["", "x", fields[0], name + " ", name.lower(), '"' + name, "\ufeff" + name])
    file.put(0, file.separator.join(fields), f"header cell {nth + 1} = {fields[nth]!r}")


CELLS: tuple[Callable[[Damaged], None], ...] = (cell, cell, cell, bare_cell, other_mark)
LINES: tuple[Callable[[Damaged], None], ...] = (cut, doubled, swapped, separator, quote, blank, joined, ends, header)


def in_bytes(file: Damaged) -> bytes:
    """The bytes of the file, sometimes damaged."""
    text = "".join(line + end for line, end in zip(file.lines, file.ends, strict=True))
    data = text.encode(file.encoding, errors="replace")
    return data if file.draw.random() < 0.7 else damaged_bytes(file, text, data)


def damaged_bytes(file: Damaged, text: str, data: bytes) -> bytes:
    """Truncated, in another encoding, with a mark at the beginning, with damaged bytes, or empty."""
    what = file.draw.choice(
        ["truncated", "bom", "utf-16", "utf-16-be", "cp1252", "nul", "byte", "empty", "no end", "page break"]
    )
    file.log.append(what)
    place = file.draw.randrange(len(data) + 1)
    match what:
        case "truncated":
            return data[:place]
        case "bom":
            return b"\xef\xbb\xbf" + data
        case "utf-16":
            return text.encode("utf-16", errors="replace")
        case "utf-16-be":
            return text.encode("utf-16-be", errors="replace")
        case "cp1252":
            return text.encode("cp1252", errors="replace")
        case "nul":
            return data[:place] + b"\0" * file.draw.choice([1, 512]) + data[place:]
        case "byte":
            return data[:place] + bytes([file.draw.randrange(256)]) + data[place + 1 :]
        case "empty":
            return b""
        case "no end":
            return data.rstrip(b"\r\n")
        case _:
            return data + b"\x1a"


def damage(file: Damaged) -> None:
    """One to three kinds of damage to cells and lines. Cells come first, since they need whole lines."""
    chosen = [file.draw.choice(CELLS + LINES) for _ in range(file.draw.choice([1, 1, 2, 3]))]
    for what in sorted(chosen, key=lambda one: one in LINES):
        what(file)
