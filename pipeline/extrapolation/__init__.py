"""Kinds of question, evaluation protocols, and re-enactments of past questions."""
