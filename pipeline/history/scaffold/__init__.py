"""Draft a process definition from raw files."""

from pipeline.history.scaffold.drafting import CONFIRM, draft

__all__ = ["CONFIRM", "draft"]
