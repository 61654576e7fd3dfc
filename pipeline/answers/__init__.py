"""The answer to one proposal: one folder per question of the user."""
