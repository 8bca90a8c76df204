"""Publishing cases: what is masked, what a person has to confirm, the public pages, their search, similar ones.

For every kind of case; a door says by a `parts.Publication` which texts of its cases can be public, in which words and
under which address. Not for who may publish (the procedure's table, which names `guards.py`), nor for letters.
"""
