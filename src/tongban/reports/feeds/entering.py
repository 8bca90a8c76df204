"""The worker's part in publishing: feeds are made every day and after each change, their digests go to the ledger."""

from __future__ import annotations

import logging
import time

from django.db import transaction

from tongban.ledger import queue

from ..models import Listed
from . import entries, publishing

log = logging.getLogger("tongban.feed")
EVERY = 60.0
"""Seconds between two publications that the worker makes by itself."""
BY_ITSELF = ("rpz", "jsonl")
"""What the worker publishes by itself, every day and after each change; the other forms when somebody asks."""


def enter_digests() -> int:
    """Queue the digests that wait. A worker that is killed in between may queue one twice, which says nothing false."""
    made = publishing.waiting()
    for one in made:
        with transaction.atomic():
            queue.enqueue([entries.digest(one)])
        publishing.entered(one)
    return len(made)


_next = 0.0


def keep_published() -> int:
    """The worker's: publish what has changed, at most once a minute, and queue the digests."""
    global _next
    if time.monotonic() >= _next and Listed.objects.exists():
        _next = time.monotonic() + EVERY
        try:
            for form in BY_ITSELF:
                publishing.publication(form)
        except publishing.Stopped as stopped:
            log.error("nothing is published, the guards forbid what the register holds: %s", stopped)
    return enter_digests()
