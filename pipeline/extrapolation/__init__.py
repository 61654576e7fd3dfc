"""How far a batch lies from what training showed, and how to hide history likewise."""
