"""The boundary between the program and its user: every error ends as a sentence."""
