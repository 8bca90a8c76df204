"""The desk: where officials find the letters that wait for them, read them, and take the next step.

Every list is a subset of `access.cases_for`, every page starts with `opening.find`, and nothing is read before the
look at it is recorded. Not for residents, and not for deciding what may be done: the procedure's table does that.
"""
