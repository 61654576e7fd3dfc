"""Pages, figures and tables of an answer. No result is computed here."""
