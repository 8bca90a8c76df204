"""Reports of material that harms children: the address alone, sealed in memory to the key of the one body that the city
names, and opened by nobody else. No case, no draft, no picture, no free text, no notice, no search, no ledger entry;
the house shows that there is one, and its number. Without a named body it is not offered.
"""
