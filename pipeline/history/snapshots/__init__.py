"""Snapshots: what was pulled from databases, historians and feeds, as immutable Parquet files with a manifest."""
