"""Words of a comparison: what a product is called, and the two places that are compared."""

from typing import NamedTuple


class Words(NamedTuple):
    """What is compared, in words."""

    one: str = "product"
    """A product, once."""
    many: str = "products"
    """Products, many times."""
    place: str = "scale"
    """What differs between the two sides, such as `site`."""
    first: str = "smaller"
    """The first side."""
    second: str = "larger"
    """The second side."""
