"""Rewrite what people write for a unit, such as `m³`, `10⁶ cells per mL` or `% (w/w)`, in the plain letters of the grammar."""

import re
import unicodedata
from functools import cache

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_SIGNS = str.maketrans(
    dict.fromkeys("ºᵒ˚", "°")
    | dict.fromkeys("·⋅•∙×✕✖", "*")
    | dict.fromkeys("−–—‐‑", "-")
    | dict.fromkeys("⁄∕÷", "/")
    | dict.fromkeys("\u200b\u200c\u200d\ufeff\u00ad")
)
_START, _END = r"(?<![A-Za-z0-9_])", r"(?![A-Za-z0-9_])"
_SHARES = {
    "mass_per_volume": r"w/v|m/v|wt/v",
    "mass": r"w/w|m/m|wt/wt|wt\.?|mass",
    "volume": r"v/v|vol/vol|vol",
    "amount": r"mol/mol|mol",
    "saturation": r"(?:air |of air |DO |of )?sat(?:uration|\.)?|a\.?s\.?|DO",
    "humidity": r"RH|rH|r\.h\.",
    "area": r"[Aa]rea",
    "": r"LC|label claim|of label claim|of label",
}
"""What a percentage is a share of → how people write it beside the sign."""
_PHRASES = [
    (re.compile(pattern), word)
    for pattern, word in (
        (rf"{_START}(?:U/min|r/min|tr/min|r\.p\.m\.|U[pP][mM]){_END}", "rpm"),
        (rf"{_START}(?:deg\.? ?|degree |degrees |° ?)(?:C|Celsius|celsius){_END}", "degC"),
        (rf"{_START}(?:deg\.? ?|degree |degrees |° ?)(?:F|Fahrenheit|fahrenheit){_END}", "degF"),
        (rf"{_START}°{_END}", "deg"),
        (rf"{_START}(?:Nm|Sm|sm)(?:\^3|3){_END}", "cubic_metre_of_gas"),
        (rf"{_START}(mm|cm|in) ?H2O{_END}", r"\1WC"),
        (rf"{_START}(mm|in) Hg{_END}", r"\1Hg"),
        (rf"{_START}kg ?H2O{_END}", "kg"),
        (rf"{_START}TCID(?:_?50){_END}", "TCID"),
        (rf"{_START}(m?bar|psi|[kM]?Pa) ?\(?(?:g|gauge){_END}\)?", r"\1g"),
        (rf"{_START}(m?bar|psi|[kM]?Pa) ?\(?(?:a|abs|absolute){_END}\)?", r"\1a"),
        (rf"{_START}(m?Pa|N) ?(s|m){_END}", r"\1*\2"),
        (rf"{_START}(?:x ?|\* ?)g{_END}", "gravity"),
        (rf"{_START}(?:RCF|rcf){_END}", "gravity"),
        (rf"{_START}(?:US|U\.S\.) gal{_END}", "gal_US"),
        (rf"{_START}UK gal{_END}", "gal_UK"),
        (rf"{_START}(?:viable|total|living) (?=cells?{_END})", ""),
        (r" per ", "/"),
    )
]


@cache
def _percents() -> list[tuple[re.Pattern[str], str]]:
    """Patterns of a percentage with what it is a share of, each with its word."""
    return [
        (re.compile(pattern), f"percent_{share}" if share else "percent")
        for share, words in _SHARES.items()
        for pattern in (
            rf"% ?\( ?(?:{words}) ?\)",
            rf"% ?(?:{words}){_END}",
            rf"{_START}(?:{words})[ -]?%",
            rf"{_START}\((?:{words})\) ?%",
        )
    ]


def plain(label: str) -> str:
    """Rewrite a unit in plain letters, with powers as `^` and products as `*`.

    >>> plain("10⁶ cells/mL"), plain("% (w/w)"), plain("µmol·L⁻¹"), plain("U/min")
    ('10^6 cells/mL', 'percent_mass', 'umol*L^-1', 'rpm')
    """
    text = re.sub(r"[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]+", lambda found: "^" + found[0].translate(_SUPERSCRIPTS), label.translate(_SIGNS))
    text = unicodedata.normalize("NFKC", text).replace("μ", "u").replace("Ω", "ohm")
    text = " ".join(text.replace("**", "^").split())
    text = re.sub(r"^\[(.*)\]$", r"\1", text)
    for pattern, word in (*(_percents() if "%" in text else ()), *_PHRASES):
        text = pattern.sub(word, text)
    text = re.sub(r"(?<=[A-Za-z0-9)])\.(?=[A-Za-z(])", "*", text.replace("%", " percent ").strip())
    return _powers_of_ten(text)


def _powers_of_ten(text: str) -> str:
    """Rewrite `x10^6`, `E6`, `million` and the `10*6` of UCUM as `10^6`."""
    text = re.sub(r"^(?:millions?(?: of)?|Mio\.?)(?=[ /*])", "10^6", text)
    text = re.sub(r"^(\S.*?) ?\(?[xX*] ?(10 ?\^ ?\d{1,2}|1[eE]\+?\d{1,2})\)?$", r"\2 \1", text)
    text = re.sub(r"^[xX*] ?(?=10|1[eE])", "", text)
    text = re.sub(r"^[eE]\+?0?(\d)(?=[ /*])", r"10^\1", text)
    text = re.sub(rf"{_START}10 ?\* ?(\d{{1,2}}){_END}", r"10^\1", text)
    return re.sub(r" ?([*/^]) ?", r"\1", text)
