"""A dress rehearsal (R30): the published results of a past election, reported again by stations that sign.

``script`` says what is played; ``cast`` draws the codes and signs; ``stage`` makes the definition; ``replay`` plays
the night in this process; ``audience`` says what happens, in words. Nothing here is ever a result.
"""
