"""Data, method and competence per attribute at the sending and the receiving site."""
