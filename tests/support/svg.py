"""Read the parts of a picture."""

from xml.etree import ElementTree

SPACE = "{http://www.w3.org/2000/svg}"


def parts(picture: str, tag: str) -> list[ElementTree.Element]:
    """All elements of one kind, in drawing order; what a pattern is made of is not drawn itself."""
    root = ElementTree.fromstring(picture)
    for definitions in root.iter(SPACE + "defs"):
        definitions.clear()
    return list(root.iter(SPACE + tag))


def texts(picture: str) -> list[str]:
    """All words of a picture."""
    return [part.text or "" for part in parts(picture, "text")]


def value(part: ElementTree.Element, name: str) -> float:
    """A number of an element, such as its x."""
    return float(part.attrib[name])
