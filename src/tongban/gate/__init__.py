"""The gate every route goes through: who may use it, how often, how long its answer may be kept.

Between the kernel and the doors. A route without a declaration fails a test. Not the permission rule on cases
(`cases/access.py`): the gate says who may use a route, the rule says which cases exist for them.
"""
