"""The first door: 网上信箱 and 线上接访, from a resident's first word to the public answer.

Floor 4. Everything about letters is in this folder: the procedure, forms, pages, desk, API, import and templates.
"""
