"""Side-by-side measurements: ``python -m bench`` runs them, ``docs/performance.md`` keeps the figures."""
