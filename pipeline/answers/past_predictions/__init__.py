"""The record of past predictions: every answer that was given, scored when the results of its batch arrive."""
