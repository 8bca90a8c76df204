"""What is done to a file before it is kept: what it is, whether there is room, and cleaning it in a bounded child
process.

`kinds` and `quotas` run in the web worker and decode nothing. `cleaner` starts the child; `child`, `pictures`, `pdf`
and `office` run in it alone, know no Django and no key. Not for keeping files: `cases/attachments.py`.
"""
