"""Chinese text: folding, exact phrase search, near-copies, topics, what is rising, advice on answers, suggesters of
matters: one that searches and one that learns.

Floor 0: pure Python, useful alone. What learns and groups is imported when it is first asked for: with the extra `scan`
it brings numba, a third of a second and 66 MB, which a process that only searches need not have. Not for storing an
index: the rooms above keep it in their database.

>>> fold("ＡＢ１噪音擾民")
'ab1噪音扰民'
>>> query_tokens("噪音")
[['噪音']]
"""

from typing import TYPE_CHECKING, Any

from .answering import Note, notes_on
from .duplicates import bands, likeness, near_copies, signature, similarity
from .errors import ModelFileError
from .folding import fold
from .phrases import bigrams, fts5_query, query_tokens, tsquery, tsvector
from .saying import SayingIndex
from .suggesting import MatterIndex, MatterSuggester, MatterText, Suggestion
from .vocabulary import Vocabulary, everyday

if TYPE_CHECKING:
    from .hot import Topic, hot_topics
    from .matters_model import MatterModel
    from .matters_training import Example, train
    from .model_file import load, save
    from .topics import Clusters, Letter, cluster

__all__ = [
    "Clusters", "Example", "Letter", "MatterIndex", "MatterModel", "MatterSuggester", "MatterText", "ModelFileError",
    "Note", "SayingIndex", "Suggestion", "Topic", "Vocabulary", "bands", "bigrams", "cluster", "everyday", "fold",
    "fts5_query", "hot_topics", "likeness", "load", "near_copies", "notes_on", "query_tokens", "save", "signature",
    "similarity", "train", "tsquery", "tsvector",
]  # fmt: skip
_LATER = {
    "Topic": "hot", "hot_topics": "hot", "MatterModel": "matters_model", "Example": "matters_training",
    "train": "matters_training",
    "load": "model_file", "save": "model_file", "Clusters": "topics", "Letter": "topics", "cluster": "topics",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """A name of `_LATER`, from its room."""
    if name in _LATER:
        from importlib import import_module

        return getattr(import_module(f".{_LATER[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
