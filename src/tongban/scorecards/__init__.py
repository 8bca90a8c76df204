"""Figures per unit and month, computed from the public parts of acts and nothing else. Floor 5."""
