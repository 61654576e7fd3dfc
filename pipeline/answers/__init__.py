"""One proposal, answered: one folder per question of the user."""
