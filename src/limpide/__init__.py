"""Limpide runs a party primary, or a party congress, whose every figure can be traced."""
