"""TEMPORARY SHIM by the lead until the helper's room arrives: overwrite freely."""
from __future__ import annotations
import re, hashlib, unicodedata
from dataclasses import dataclass
from typing import Protocol
def fold(s): return unicodedata.normalize("NFKC", s).casefold()
_run=re.compile(r"\w+")
def bigrams(s):
    return [r[i:i+2] for r in _run.findall(fold(s)) for i in range(max(len(r)-1,1))]
def query_tokens(q): return [bigrams(w) for w in q.split() if bigrams(w)]
class BlindTokens:
    def __init__(self,key): self.key=key; self.c={}
    def _t(self,t):
        v=self.c.get(t)
        if v is None:
            v=self.c[t]=hashlib.blake2b(t.encode(),key=self.key,digest_size=5).hexdigest()
        return v
    def tokens(self,s): return [self._t(t) for t in bigrams(s)]
    def query(self,q): return [[self._t(t) for t in p] for p in query_tokens(q)]
def fts5_query(ps): return " AND ".join('"'+" ".join(p)+'"' for p in ps)
def tsquery(ps): return " & ".join("("+" <-> ".join("'"+t.replace("'","''")+"'" for t in p)+")" for p in ps)
def tsvector(ts):
    d={}
    for i,t in enumerate(ts[:16000],1): d.setdefault(t,[]).append(i)
    return " ".join("'"+t.replace("'","''")+"':"+",".join(map(str,p[:250])) for t,p in d.items())
@dataclass(frozen=True)
class MatterText:
    code:str; path_names:list; description:str; examples:list
@dataclass(frozen=True)
class Suggestion:
    code:str; score:float; words:tuple
class MatterSuggester(Protocol):
    def suggest(self,text,top): ...
class MatterIndex:
    def __init__(self,t): self.t=t
    @classmethod
    def build(cls,texts): return cls(list(texts))
    def suggest(self,text,top=3):
        w=set(bigrams(text)); r=sorted(((len(w&set(bigrams(" ".join(m.path_names)+m.description))),m.code) for m in self.t),reverse=True)
        return [Suggestion(c,float(s),()) for s,c in r[:top] if s]
