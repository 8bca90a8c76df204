"""How much may be uploaded: by one address or official, by all together, into drafts, and onto the disk.

Counted in the database, so that several workers and machines count together. An address is kept as a keyed hash that
changes every ten minutes, and for no longer than an hour. Not for how often somebody asks: `gate/rates.py`.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable
from contextvars import ContextVar
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import F, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongban.vault.keyring import ring

from ..models import Attachment, Uploaded
from ..refusal import Refusal

WINDOW = timedelta(minutes=10)
EVERYBODY = "all"
SENDER: ContextVar[Callable[[], str] | None] = ContextVar("the sender of an upload", default=None)
"""Who sends what is uploaded in this context: `gate/uploading.py` sets it for every request. None in commands."""


def make_room(size: int) -> None:
    """Make sure that `size` more bytes leave the disk its reserve, and drafts within their bound. Raises Refusal."""
    folder = Path(settings.ATTACHMENT_ROOT)
    there = next(place for place in (folder, *folder.parents) if place.exists())
    waiting = Attachment.objects.filter(case=None).aggregate(all=Sum("size"))["all"] or 0
    if (
        shutil.disk_usage(there).free - size < settings.UPLOAD_FREE_RESERVE
        or waiting + size > settings.UPLOAD_DRAFTS_MAX_BYTES
    ):
        raise Refusal("not_yet", _("系统暂时没有空间接收文件。请先提交文字，过后再补充文件。"), "files")


def spend(size: int, pixels: int, now: datetime | None = None) -> None:
    """Count an upload for its sender and for all. Raises Refusal where either has used up what ten minutes allow."""
    if not settings.RATE_LIMITS:
        return
    now = now or timezone.now()
    since = datetime.fromtimestamp(now.timestamp() // WINDOW.total_seconds() * WINDOW.total_seconds(), now.tzinfo)
    sender = SENDER.get()
    if sender is not None:
        name = ring().blind(sender(), f"upload {since.isoformat()}")
        if _over(_counted(name, since, size, pixels), settings.UPLOAD_ONE):
            raise Refusal("not_yet", _("您上传得太多了，请十分钟后再试。文字可以先提交，文件以后还可以补充。"), "files")
    if _over(_counted(EVERYBODY, since, size, pixels), settings.UPLOAD_ALL):
        raise Refusal("not_yet", _("现在上传文件的人较多，请过一会儿再试。"), "files")


def spend_half() -> None:
    """Count a file for which the child's limits did not suffice as half of what its sender may upload: a small file
    that takes all the time of a child is nothing that many of come by chance. What is over is said at the next file."""
    with contextlib.suppress(Refusal):
        spend(settings.UPLOAD_ONE[0] // 2 + 1, 0)


def _over(used: tuple[int, int], most: tuple[int, int]) -> bool:
    return used[0] > most[0] or used[1] > most[1]


def _counted(name: str, since: datetime, size: int, pixels: int) -> tuple[int, int]:
    """Bytes and pixels of this name in this window, with what is added now."""
    mine = Uploaded.objects.filter(name=name, since=since)
    Uploaded.objects.bulk_create([Uploaded(name=name, since=since)], ignore_conflicts=True)
    mine.update(size=F("size") + size, pixels=F("pixels") + pixels)
    return mine.values_list("size", "pixels").get()


def forget_old(now: datetime | None = None) -> int:
    """Delete counts that nobody asks for any more; returns how many. For the worker."""
    return int(Uploaded.objects.filter(since__lt=(now or timezone.now()) - timedelta(hours=1)).delete()[0])
