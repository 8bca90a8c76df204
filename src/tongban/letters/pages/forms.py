"""The three forms of a letter."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongban.cases.inputs import EMAIL, normal_phone
from tongban.gate.actforms import matter_choices
from tongban.gate.templatetags.tongban_names import place_name, unit_name
from tongban.registry.snapshot import Snapshot


class AboutForm(forms.Form):
    """Step 1: what it is about."""

    matter = forms.ChoiceField(label=_("事项"), error_messages={"required": _("请选择一个事项。")})
    against = forms.ChoiceField(label=_("反映的是哪个单位"), required=False, help_text=_("这个单位不会办理您的来信，也看不到它；来信由它的上级办理。"))

    def __init__(self, registry: Snapshot, place: str | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.registry = registry
        self.fields["matter"].choices = [("", _("请选择")), *matter_choices(registry, conduct=True)]


class AgainstForm(forms.Form):
    """For a complaint about conduct: which unit, once the place is known."""

    against = forms.ChoiceField(label=_("反映的是哪个单位"), error_messages={"required": _("请选择单位。")}, help_text=_("这个单位和它的下级不会办理您的来信，也看不到它；来信由上级单位办理。"))

    def __init__(self, registry: Snapshot, place: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = []
        for code in registry.line("places", place):
            groups.append((place_name(code), [(unit.code, unit_name(unit.code)) for unit in registry.units.values() if unit.place == code]))
        self.fields["against"].choices = [("", _("请选择")), *groups]


class WhereForm(forms.Form):
    """Step 2: where."""

    place = forms.ChoiceField(label=_("市、县（区）"), error_messages={"required": _("请选择地点。")}, help_text=_("问题发生的地方。街道和门牌可以写在下一步的来信里。"))

    def __init__(self, registry: Snapshot, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups: list[tuple[str, list[tuple[str, str]]]] = []
        for root in registry.children("places", None):
            top = [(root, place_name(root))]
            for city in registry.children("places", root):
                rows = [(city, place_name(city))]
                for code in registry.children("places", city):
                    rows += [(code, place_name(code)), *((town, f"{place_name(code)} · {place_name(town)}") for town in registry.children("places", code))]
                groups.append((place_name(city), rows))
            groups.append((place_name(root), top))
        self.fields["place"].choices = [("", _("请选择")), *groups]


class TextForm(forms.Form):
    """Step 3: what happened, and what of themselves the writer wants to tell."""

    subject = forms.CharField(label=_("标题"), max_length=100, help_text=_("一句话，例如：青松路路灯一个月不亮。"), error_messages={"required": _("请填写标题。")})
    body = forms.CharField(label=_("来信内容"), max_length=5000, widget=forms.Textarea(attrs={"rows": 10}), help_text=_("什么时候、在哪里、发生了什么、您希望怎样解决。"), error_messages={"required": _("请填写来信内容。")})
    visibility = forms.ChoiceField(
        label=_("答复后能否公开"), initial="public", widget=forms.RadioSelect,
        choices=[("public", _("可以公开（隐去姓名、号码和门牌）")), ("confidential", _("不公开"))],
    )  # fmt: skip
    name = forms.CharField(label=_("姓名"), required=False, max_length=40, help_text=_("可以不填。不填就是匿名来信。"))
    phone = forms.CharField(label=_("电话"), required=False, max_length=30, help_text=_("可以不填。只有办理人员能看到，每次查看都会告诉您。"))
    email = forms.CharField(label=_("电子邮箱"), required=False, max_length=120, help_text=_("填了就能收到进展通知。"))
    address = forms.CharField(label=_("详细地址"), required=False, max_length=200)

    def clean_phone(self) -> str:
        """A telephone number of 5 to 20 digits, as typed."""
        phone = self.cleaned_data["phone"].strip()
        if phone and not 5 <= len(normal_phone(phone)) <= 20:
            raise forms.ValidationError(_("请检查电话号码。"))
        return str(phone)

    def clean_email(self) -> str:
        """An address that mail can go to."""
        email = self.cleaned_data["email"].strip()
        if email and not EMAIL.fullmatch(email):
            raise forms.ValidationError(_("请检查电子邮箱地址。"))
        return str(email)
