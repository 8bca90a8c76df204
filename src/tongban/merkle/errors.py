"""What can be wrong with a log, each as a class with words that say what and where."""

from __future__ import annotations


class LogError(Exception):
    """Something about a log is wrong. The text says what, for a person."""


class Malformed(LogError):
    """Bytes that are not what the specification says they must be."""


class BadSignature(LogError):
    """A signature by a known key does not verify, or no known key has signed."""


class BadProof(LogError):
    """A proof does not lead to the root it should lead to."""


class Missing(LogError):
    """Something that must be served is not there."""


class Forked(LogError):
    """Two signed checkpoints that cannot belong to one append-only log."""
