"""Balances of the steps: what goes into each batch and what comes out, and which balances do not close."""
