"""The public append-only record of acts: the queue that acts fill, and the canonical form of an entry.

Floor 2. The log itself (integrator, tiles, receipts) comes with the next issue. Knows nothing of cases.
"""
