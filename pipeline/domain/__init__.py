"""The words: attributes, roles, units, scales, specifications, tables and errors."""
