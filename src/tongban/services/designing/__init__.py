"""申请表设计: officials of the responsible unit say what an application asks: pages, questions, required, only if.

`content.py` changes a form (pure), `conditions.py` says "only if" in words, `versions.py` drafts and publishes,
`trying.py` the tests inside a form, `xlsform.py` takes a spreadsheet, `pages.py` the desk. What a form is:
`services/questions.py`.
"""
