"""Numbers as people and files are shown them."""


def size(scale: float) -> str:
    """A batch size as people write it.

    >>> size(15000.0), size(0.25)
    ('15,000', '0.25')
    """
    return f"{scale:,.0f}" if scale >= 1000 else f"{scale:.4g}"


def six_digits(value: float) -> float:
    """Cut to six digits: more would be noise in a file that people compare.

    >>> six_digits(0.123456789)
    0.123457
    """
    return float(f"{float(value):.6g}")
