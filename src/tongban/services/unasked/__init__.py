"""免申即享: granted without asking. An item's conditions run over a register's rows; those who meet all of them stand
on a list; an official confirms it, row by row or whole; then an application is opened for each, granted, and the
person told where a contact is known. Nothing is granted by the machine alone.

`models.py` the lists, `rows.py` the rows of a file or a database, `listing.py` making a list, `granting.py` what
follows a confirmation, `pages.py` the desk.
"""
