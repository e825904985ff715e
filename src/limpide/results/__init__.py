"""What it means: totals, outcome, publications, and everything that is wrong. Pure functions of a record."""
