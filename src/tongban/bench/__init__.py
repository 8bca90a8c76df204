"""Measures this machine: the real server, driven over loopback, beside a floor in the same run. Prints JSON lines.

Not for tests: a test never looks at a clock.
"""
