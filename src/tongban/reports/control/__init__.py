"""Proof that whoever objects controls the site: a TXT record, a file, or a code sent to the contact address. Asked for
when somebody presses the button and never otherwise; shown to whoever decides, and decides nothing.
"""
