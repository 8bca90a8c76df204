"""What the letters' door shows in the demo: invented letters in every state, answer templates, reception times."""

from .loading import accounts, count, load, load_letters

__all__ = ["accounts", "count", "load", "load_letters"]
