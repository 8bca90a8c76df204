"""Something being written: kept in the database so that it survives, readable with this browser's cookie alone.

The cookie holds half of the key (`vault/halves.py`): the database and the key ring together do not open a draft. Each
time something is saved the draft moves on to a new key, so that a cookie that somebody planted, or read over a
shoulder, does not show what is written from then on. Not for what was sent: that
is a case. Each kind has a cookie of its own, so that two can be written at once. A copy can go to the writer by mail
(`mailing.py`), under a key that stands in the mail alone.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any, cast

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from tongban.cases import attachments, receipts
from tongban.cases.models import Attachment
from tongban.gate import cookies
from tongban.vault import halves

from .models import Draft
from .parts import Writing

AGE = timedelta(days=7)
"""A draft lives so long after it was last changed. House rule."""
OVERLAP = timedelta(seconds=15)
"""The key before still opens what was there before it, so long: for a double click, whose second half carries the old
cookie."""
PURPOSE, MAILED = "draft", "mailed draft"
ONLY_FILES = "files"
"""The name of an input for files whose files are not marked: they came before there could be several."""
KEY_LENGTH = 26
"""Signs of the key that goes by mail, of 5 bits each: 130 bits, which no guessing reaches."""


class BrowserDraft:
    """The draft of this browser for one kind, empty where it has none. `values` is what was written so far: `matter`,
    `place`, `against`, what was typed for each input under its name, `nonce`, and `done`, the steps gone through."""

    def __init__(self, request: HttpRequest, writing: Writing) -> None:
        self._cookie = writing.cookie
        key = cookies.read(request, self._cookie)
        row = None
        if len(key) >= halves.SHORTEST:
            row = Draft.objects.filter(digest=halves.row_of(key, PURPOSE), expires_at__gt=timezone.now()).first()
        kept = cast("dict[str, str]", row.private or {}) if row is not None else {}
        values = halves.open_with(key, kept.get("sealed"), PURPOSE)
        self._row = row if values is not None else None
        self.values: dict[str, Any] = values or {}
        self.files = self._row.files if self._row is not None else secrets.token_hex(32)
        """The set in which this draft's attachments wait."""
        self._waiting: tuple[str, list[Attachment]] | None = None
        self.carried = 0
        """How many files a form says that waited here, where the draft itself is gone."""

    @property
    def exists(self) -> bool:
        """Whether something was begun: more than words to find a matter with."""
        return any(value for name, value in self.values.items() if name not in ("nonce", "about", "kept"))

    @property
    def gone_into(self) -> bool:
        """Whether anything was written beside what the page that led here brought along (`brought`)."""
        brought = ("nonce", "about", "kept", "brought", *self.values.get("brought", ()))
        return any(value for name, value in self.values.items() if name not in brought)

    def save(self, response: HttpResponse, **values: Any) -> HttpResponse:
        """Keep `values` beside what is there, under a new key that the browser is given. The key ends with the
        browser, unless the person asked for the draft to be kept (`kept`)."""
        self.values.setdefault("nonce", secrets.token_urlsafe(24))
        self.values.update(values)
        key, now = halves.new_half(), timezone.now()
        row = Draft(
            digest=halves.row_of(key, PURPOSE),
            private={"sealed": halves.seal(key, self.values, PURPOSE)},
            files=self.files,
            expires_at=now + AGE,
        )
        with transaction.atomic():
            if self._row is not None:
                Draft.objects.filter(pk=self._row.pk, expires_at__gt=now + OVERLAP).update(expires_at=now + OVERLAP)
            row.save(force_insert=True)
        self._row = row
        cookies.put(response, self._cookie, key, int(AGE.total_seconds()) if self.values.get("kept") else None)
        return response

    def copy_for_mail(self, kind: str) -> str:
        """Keep a copy under a key of its own, for seven days and to be opened once; returns the key. The copy is the
        same piece of writing: when one of the two is sent or thrown away, the other goes too."""
        key = "".join(secrets.choice(receipts.ALPHABET) for _ in range(KEY_LENGTH))
        values = {name: value for name, value in self.values.items() if name != "kept"}
        values["kind"] = kind
        Draft.objects.create(
            digest=halves.row_of(key, MAILED),
            private={"sealed": halves.seal(key, values, MAILED)},
            files=self.files,
            expires_at=timezone.now() + AGE,
        )
        return key

    def take_over(self, typed: str, kind: str) -> bool:
        """Become the copy that this key opens, if there is one of this kind; the key opens nothing afterwards. What was
        here before, if it is another piece of writing, is thrown away. `save` has to follow."""
        key = receipts.plain(typed[:80])
        with transaction.atomic():
            row = Draft.objects.filter(digest=halves.row_of(key, MAILED), expires_at__gt=timezone.now()).first()
            kept = cast("dict[str, str]", row.private or {}) if row is not None else {}
            values = halves.open_with(key, kept.get("sealed"), MAILED)
            if row is None or values is None or values.pop("kind", "") != kind:
                return False
            if not Draft.objects.filter(pk=row.pk).delete()[0]:  # the other half of a double click has it
                return False
            if self._row is not None and self._row.files != row.files:
                self._discard()
                self._row = None
        self.values, self.files, self.carried = values, row.files, 0
        return True

    def waiting(self) -> list[Attachment]:
        """The files that wait for it, in the order they came: asked for once, and again after `look_again`."""
        if self._waiting is None or self._waiting[0] != self.files:
            self._waiting = (self.files, self._on_record())
        return self._waiting[1]

    def look_again(self) -> None:
        """A file came or went."""
        self._waiting = None

    def _on_record(self) -> list[Attachment]:
        return list(Attachment.objects.filter(draft=self.files, case=None).order_by("pk"))

    def waiting_for(self, name: str) -> list[Attachment]:
        """Of these those that came for the input of this name."""
        return [item for item in self.waiting() if (item.purpose or ONLY_FILES) == name]

    def forget(self, response: HttpResponse) -> HttpResponse:
        """Throw the draft away, with the files that wait for it."""
        self._discard()
        cookies.take_away(response, self._cookie)
        return response

    def _discard(self) -> None:
        if self._row is not None:
            Draft.objects.filter(files=self._row.files).delete()
        for item in self._on_record():  # those that a case took over wait no more
            attachments.discard(item)
        self.look_again()


def forget_old(batch: int = 200) -> int:
    """Delete a batch of drafts whose time is over, with the files that wait for no other; returns how many. For the
    worker."""
    old = list(Draft.objects.filter(expires_at__lt=timezone.now()).order_by("expires_at")[:batch])
    for row in old:
        row.delete()
        if not Draft.objects.filter(files=row.files).exists():
            for item in Attachment.objects.filter(draft=row.files, case=None):
                attachments.discard(item)
    return len(old)
