"""The record of what is done with power over the house: posts, passwords, tokens, the registry. Append-only.

Floor 1, below the rooms whose changes it keeps. Not for cases: they have acts and the ledger.
"""
