"""Officials, their posts and their sign-in.

Floor 1. Residents have no accounts: they hold a receipt. Not for permissions on cases (`cases/access.py`).
"""
