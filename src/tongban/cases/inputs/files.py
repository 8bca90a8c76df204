"""Files that come with an act. They are kept before the act (`filing.py`) and are not part of what it stores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from .one import Asking, Input


class SeveralFiles(forms.ClearableFileInput):
    """A field for several files at once."""

    allow_multiple_selected = True


class FilesField(forms.Field):
    """Takes whatever number of files; each is checked by its content where it is kept."""

    widget = SeveralFiles

    def clean(self, value: Any) -> Any:
        return value or []


@dataclass(frozen=True)
class Files(Input):
    """Files of an opening act: at most `most`, and `required` asks for one at least. Acts after the opening say
    `files=True` in their line instead."""

    kind: ClassVar[str] = "files"
    most: int = 10
    legible: bool = False
    """Pictures of papers: a blank one is refused, one that seems hard to read is asked about."""

    def check(self, value: Any, asked: Asking) -> int:
        """How many files there are: all that the act itself keeps of them."""
        number = value if isinstance(value, int) and value >= 0 else len(self.listed(value))
        if number > self.most:
            raise self.wrong(_("一次最多上传 %(number)d 个文件。") % {"number": self.most})
        return int(number)

    def field(self, asked: Asking) -> forms.Field:
        return FilesField(**self.words)

    def show(self, value: Any) -> str:
        from django.utils.translation import ngettext

        return ngettext("%(n)d 个文件", "%(n)d 个文件", int(value)) % {"n": int(value)}

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "maxItems": self.most}
