"""Milliseconds and memory of an iteration, beside a textbook's loop."""
