"""The feature table: one row per batch. Features are stateless: no value depends on another batch."""
