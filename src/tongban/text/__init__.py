"""Chinese text: folding, exact phrase search, near-copies, topics, what is rising, advice on answers, suggesters of matters: one that searches and one that learns.

Floor 0: pure Python, useful alone. Not for storing an index: the rooms above keep it in their database.

>>> fold("ＡＢ１噪音擾民")
'ab1噪音扰民'
>>> query_tokens("噪音")
[['噪音']]
"""

from .answering import Note, notes_on
from .duplicates import DuplicateIndex, bands, near_copies, signature, similarity
from .folding import fold
from .hot import Topic, hot_topics
from .matters_model import MatterModel
from .matters_training import Example, train
from .model_file import ModelFileError, load, save
from .phrases import BlindTokens, bigrams, fts5_query, query_tokens, tsquery, tsvector
from .suggesting import MatterIndex, MatterSuggester, MatterText, Suggestion
from .topics import Clusters, Letter, cluster

__all__ = [
    "BlindTokens", "Clusters", "DuplicateIndex", "Example", "Letter", "MatterIndex", "MatterModel", "MatterSuggester", "MatterText", "ModelFileError", "Note", "Suggestion", "Topic", "bands", "bigrams", "cluster", "fold", "fts5_query", "hot_topics", "load", "near_copies", "notes_on", "query_tokens", "save", "signature", "similarity", "train", "tsquery", "tsvector",
]  # fmt: skip
