"""Chinese text: folding, exact phrase search by character bigrams, and a first suggester of matters.

Floor 0: pure Python, useful alone. Not for storing an index: the rooms above keep it in their database.

>>> fold("ＡＢ１噪音擾民")
'ab1噪音扰民'
>>> query_tokens("噪音")
[['噪音']]
"""

from .folding import fold
from .phrases import BlindTokens, bigrams, fts5_query, query_tokens, tsquery, tsvector
from .suggesting import MatterIndex, MatterSuggester, MatterText, Suggestion

__all__ = [
    "BlindTokens", "MatterIndex", "MatterSuggester", "MatterText", "Suggestion", "bigrams", "fold", "fts5_query", "query_tokens",
    "tsquery", "tsvector",
]  # fmt: skip
