"""What the paper shows: plans of its runs, tables, figures, claims, and the numbers that the prose quotes."""
