"""Keeps what is private unreadable at rest: a key ring, encrypted model fields, a keyed blind index.

Floor 1. Not for transport security, passwords (argon2 does those) or the public ledger.
"""
