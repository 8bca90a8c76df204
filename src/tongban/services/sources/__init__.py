"""Registers (数据源): asked with a person's consent for one purpose, each time on the ledger, shown to the person.

`asking.py` asks one register, `answers.py` checks what it said, `pulling.py` does it for an application and writes it
down first. Nothing here decides on an application.
"""
