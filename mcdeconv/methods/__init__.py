"""The rivals."""
