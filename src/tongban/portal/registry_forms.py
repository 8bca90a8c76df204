"""The form of one row of the registry: every column as what it is (a choice in words, a date, a yes or no, a unit,
place or matter by typing), required and optional as the import has it. What can be saved, the import's own checks say.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from tongban.cases.procedure import procedures
from tongban.gate.choosing import Choosing, Chosen
from tongban.gate.templatetags.tongban_names import matter_name
from tongban.registry import exchange, snapshot
from tongban.registry.snapshot import Snapshot
from tongban.registry.tables import BadRow, Table
from tongban.registry.tables import day as read_day

from .registry_words import HELP, heading, kind_words, options

LONG = ("description", "basis")


def required(table: Table, column: str) -> bool:
    """Whether a cell of the column must be filled in: the import refuses an empty one."""
    try:
        table.columns[column]("")
    except BadRow:
        return True
    return False


class RowForm(Choosing):
    """A new row, or (with `row`) one that is there, whose key is no part of the form."""

    def __init__(self, name: str, row: Any = None, data: Any = None) -> None:
        self.name, self.row, self.table = name, row, exchange.TABLES[name]
        initial = self.cells() if row is not None else {"retention_days": "1825", "publishable": "1", "active": "1"}
        initial = {column: self._initial(column, cell) for column, cell in initial.items()}
        super().__init__(data, initial=initial, auto_id="row_%s", label_suffix="")
        for column in self.table.columns:
            if row is None or column not in self.table.key:
                self.fields[column] = self._field(column)

    def cells(self) -> dict[str, str]:
        """The row as cells of a file."""
        return {
            column: exchange.shown(getattr(self.row, self.table.attribute(column))) for column in self.table.columns
        }

    def values(self) -> dict[str, str]:
        """The valid form as cells of a file."""
        found = self.cells() if self.row is not None else {}
        for column, given in self.cleaned_data.items():
            found[column] = " ".join(given) if isinstance(given, list) else exchange.shown(given)
        return found

    def _initial(self, column: str, cell: str) -> Any:
        if column == "kinds":
            return cell.split()
        if column in self.table.columns and self._is_flag(column):
            return cell == "1"
        return cell

    def _is_flag(self, column: str) -> bool:
        return self.table.model._meta.get_field(column).get_internal_type() == "BooleanField"

    def _field(self, column: str) -> forms.Field:
        label = heading(self.name, column)
        needed = required(self.table, column)
        words: dict[str, Any] = {"label": label, "help_text": HELP.get((self.name, column), "")}
        if self._is_flag(column):
            return forms.BooleanField(required=False, **words)
        words["required"] = needed
        if column in self.table.links:
            return self._link(column, words)
        words["error_messages"] = {
            "required": _("请填写%(label)s。") % {"label": label},
            "invalid": _("%(label)s写得不对。") % {"label": label},
            "invalid_choice": _("请从列出的选项里选。"),
            "invalid_list": _("请从列出的选项里选。"),
        }
        if column == "kinds":
            known = [(kind, kind_words(kind)) for kind in procedures()]
            return forms.MultipleChoiceField(choices=known, widget=forms.CheckboxSelectMultiple, **words)
        if choices := options(self.name, column):
            empty = ("", _("请选择") if needed else _("不写"))
            return forms.ChoiceField(choices=[empty, *choices], **words)
        if column in ("since", "until"):
            return DayField(widget=forms.DateInput(attrs={"type": "date"}), **words)
        if column in ("days", "retention_days"):
            return forms.CharField(widget=forms.TextInput(attrs={"inputmode": "numeric"}), max_length=6, **words)
        area = forms.Textarea(attrs={"rows": 3}) if column in LONG else forms.TextInput()
        return forms.CharField(widget=area, max_length=2000, **words)

    def _link(self, column: str, words: dict[str, Any]) -> forms.Field:
        """A place or a unit by typing; a matter from the whole tree, since branches have duties too; by code or name
        where a unit that is over may be meant, which nobody else chooses."""
        table, registry = self.table.links[column], snapshot.current()
        words["error_messages"] = {"required": _("请选择%(label)s。") % {"label": words["label"]}}
        if table == "matters":
            words["error_messages"]["invalid_choice"] = _("请从列出的选项里选。")
            return forms.ChoiceField(
                choices=[("", _("请选择") if words["required"] else _("不选")), *matter_tree(registry)], **words
            )
        held = self.cells()[column] if self.row is not None else ""
        chosen = Chosen("place" if table == "places" else "unit", **words)
        over = bool(held) and not chosen.may(held)  # the chooser would show nothing, and saving would lose it
        return NamedField(**words) if table == "units" and (self.name == "successions" or over) else chosen


def matter_tree(registry: Snapshot) -> list[tuple[str, str]]:
    """Every matter, each below the one above it."""
    found: list[tuple[str, str]] = []

    def below(parent: str | None, depth: int) -> None:
        for code in registry.children("matters", parent):
            found.append((code, "　" * depth + f"{matter_name(code)} {code}"))
            below(code, depth + 1)

    below(None, 0)
    return found


class NamedField(forms.CharField):
    """A unit by its code or its whole name, also one that is over."""

    def clean(self, value: Any) -> str:
        text, units = str(super().clean(value)), snapshot.current().units
        if not text or text in units:
            return text
        found = [code for code, unit in units.items() if text in (unit.name, f"{unit.name} {code}")]
        if len(found) == 1:
            return found[0]
        if found:
            raise forms.ValidationError(
                _("有几个单位叫这个名字，请写代码：%(codes)s") % {"codes": "、".join(found[:10])}
            )
        raise forms.ValidationError(_("没有这个单位：%(words)s。请写代码或者全名。") % {"words": text[:40]})


class DayField(forms.CharField):
    """A day as ISO 8601, also as it is written elsewhere (2026/3/1); the words of the import where it is none."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            found = read_day(False)(text)
        except BadRow as error:
            raise forms.ValidationError(str(error)) from None
        return found.isoformat() if found is not None else ""
