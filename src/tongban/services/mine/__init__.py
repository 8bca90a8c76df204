"""我能办什么: one set of answers against the whole catalogue, or against one item; nothing is stored on the server.

`answers.py` is what a browser has answered, `asking.py` what to ask next and what came out, `pages.py` the pages. Not
for applying: the answers are carried into the counter's draft, once somebody begins an application.
"""
