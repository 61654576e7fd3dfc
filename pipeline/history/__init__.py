"""Raw exports to canonical tables: every cell is read by declared rules, every row ends as valid or in quarantine."""
