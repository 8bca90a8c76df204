"""The public append-only record of acts: the queue that acts fill, the integrator that
moves it into the log, signing, tiles, receipts, witnesses.

Floor 2. Knows nothing of cases: an entry is what its caller says it is.
"""
