"""The sender's side of every kind of case: writing it step by step, the receipt, following it, proofs, looks, one's
own data.

Floor 4. A door says how its kind is written and what it adds to the following page (`parts.py`); what a sender sees
and may do comes from the case's procedure. Not for officials (`desk/`), and it knows no door.
"""
