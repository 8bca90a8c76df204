"""Who is responsible: places, units, matters, duties and time limits, versioned in time.

Floor 1. Not for cases, officials or anything personal.
"""
