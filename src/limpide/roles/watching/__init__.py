"""Whoever watches: does every site of a record show it, and nothing else, and what proves that one did not?"""
