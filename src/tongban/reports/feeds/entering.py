"""The worker's part in publishing: feeds are made every day and after each change, their digests go to the ledger."""

from __future__ import annotations

import logging
import subprocess
import sys
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


def publish() -> int:
    """Publish what the worker publishes by itself, where it has changed, and queue the digests; returns how many."""
    if Listed.objects.exists():
        try:
            for form in BY_ITSELF:
                publishing.publication(form)
        except publishing.Stopped as stopped:
            log.error("nothing is published, the guards forbid what the register holds: %s", stopped)
    return enter_digests()


_next = 0.0
_running: subprocess.Popen[bytes] | None = None


def keep_published() -> int:
    """The worker's: begin a publication where one is due, at most once a minute, in a process of its own (`tongban feed
    publish`): a million rows take half a minute, and decisions on their way to resolvers do not wait for that."""
    global _next, _running
    if (_running is not None and _running.poll() is None) or time.monotonic() < _next or not due():
        return 0
    _next = time.monotonic() + EVERY
    _running = subprocess.Popen(
        [sys.executable, "-m", "tongban", "feed", "publish"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    return 0


def due() -> bool:
    """Whether something is to be published or entered."""
    if publishing.waiting():
        return True
    return Listed.objects.exists() and any(not publishing.is_current(form) for form in BY_ITSELF)
