"""Reports of material that harms children: the address alone, sealed in memory to the key of the one body that the city
names, and opened by nobody else. No case, no draft, no picture, no free text, no notice, no search; on the ledger that
there is one more, and nothing of it. The house shows how many there are, and its number to who sent it. Without a named
body it is not offered. What came by the ordinary way is handed over by one act, and erased (`handing.py`).
"""
