"""Chinese text: folding, exact phrase search by character bigrams, and suggesters of matters: one that searches and one that learns.

Floor 0: pure Python, useful alone. Not for storing an index: the rooms above keep it in their database.

>>> fold("ＡＢ１噪音擾民")
'ab1噪音扰民'
>>> query_tokens("噪音")
[['噪音']]
"""

from .folding import fold
from .matters_model import MatterModel
from .matters_training import Example, train
from .model_file import ModelFileError, load, save
from .phrases import BlindTokens, bigrams, fts5_query, query_tokens, tsquery, tsvector
from .suggesting import MatterIndex, MatterSuggester, MatterText, Suggestion

__all__ = [
    "BlindTokens", "Example", "MatterIndex", "MatterModel", "MatterSuggester", "MatterText", "ModelFileError", "Suggestion", "bigrams", "fold",
    "fts5_query", "load", "query_tokens", "save", "train", "tsquery", "tsvector",
]  # fmt: skip
