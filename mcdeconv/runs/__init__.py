"""Experiment machinery: a run, its record, many runs, and what is computed from their records."""
