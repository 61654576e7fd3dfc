"""From raw exports to canonical tables. Declared rules say how cells are read; every row is valid or in quarantine."""
