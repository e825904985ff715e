"""Which ways are there to break each clause? One ``Case`` each, made from a true night by changing one thing.

``tests/build_vectors.py`` writes them to ``vectors/tampered/``. Whatever else could betray the change is made good:
texts are signed anew, digests recomputed, so that exactly the clauses that a case expects trip.
"""
