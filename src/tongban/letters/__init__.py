"""The first door: 来信 and 预约接访, from a resident's first word to the public answer.

Floor 4. Everything about letters is in this folder: the procedure, forms, pages, desk, API, import and templates.
"""
