"""What to say where the libraries of live feeds are not installed."""

from pipeline.domain.errors import ScalebridgeError


def needs_extra(what: str) -> ScalebridgeError:
    """Return the error of a library that is missing. what: the first words of the sentence."""
    return ScalebridgeError(f"{what} need libraries that are not installed: pip install 'scalebridge[live]'")
