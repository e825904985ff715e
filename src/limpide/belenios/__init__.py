"""Secret ballots: the Belenios protocol, crypto version 1, wire-compatible with releases 2.0 to 3.3.

The modules read like the specification and keep its letters. Checkers raise or report with a clause of
``spec/7-ballots.md``; provers take their randomness as an argument and touch secrets only through the
constant-time operations of the group.
"""
