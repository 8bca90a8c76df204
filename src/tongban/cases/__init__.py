"""The kernel: case, act, procedure, deadline, access, messages, attachments, notices, search, retention.

Floor 3. Knows no kind of case: the doors (floor 4) bring theirs as a `Procedure`. To add a kind of case no file here
changes.
"""
