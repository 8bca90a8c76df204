"""The sealed search: which cases hold a word, or were sent from a telephone number or an e-mail address.

Segments of some thousand acts, each a packed file of posting lists (`vault/postings.py`) sealed page by
page (`vault/sealed_pages.py`). The database holds nothing else of the text: no token, no hash, no
signature. See docs/decisions/0012.
"""
