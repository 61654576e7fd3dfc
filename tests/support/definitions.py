"""Types of process definitions and proposals as plain data, as YAML gives them."""

from collections.abc import Callable
from typing import Any

PlainData = dict[str, Any]
"""Nested plain data, which tests change in place."""
Make = Callable[..., PlainData]
"""Function that makes a definition, with changes of its top level by keyword."""
