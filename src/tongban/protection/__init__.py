"""数据分类分级、重要数据目录: the catalogue of a unit's data, filled by the scanner's reports and
decided by its data officers.

Takes reports of `tongban scan` in, keeps what each field holds and how it is graded, asks people where the scanner
is not sure, and writes the lists that departments report. Not for scanning (`detect/`) and not for cases: nothing
here goes to the ledger.
"""
