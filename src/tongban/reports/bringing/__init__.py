"""Other people's lists, taken in as reports: what each format says (`readers.py`), how a row becomes a report
(`rows.py`). Always reports, never decisions: people verify each, and nothing that stands in a list is blocked for it.
"""
