"""The pages of the catalogue under /protection/: overview, fields, one field, review, sources, scans, upload, exports.

Every page starts with `opening.enter`, every list is a subset of what `access` gives.
"""
