"""Advice on letters: the matter, letters nearly the same, what troubles are rising, notes on an answer.

It advises people and decides nothing: no letter is merged, dispatched or answered by it, and nobody is scored. The
thinking is in `tongban.text`; here is what feeds it and where it is kept.
"""
