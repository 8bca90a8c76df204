"""How a Django form becomes a form of the house: classes, autocomplete and counters on every widget.

`GovRenderer` is named in `FORM_RENDERER`, so a form of any room has all this without importing anything from
here (lower rooms must not). `GovForm` gives one form the same where another renderer is set. Not for
validation, and not for the markup around a widget: that is `templates/tongban/parts/field.html`.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import DjangoTemplates

# HTML Standard, "Autofill": tokens for inputs that ask the person about themselves (WCAG 2.2, 1.3.5).
AUTOCOMPLETE = {
    "name": "name",
    "full_name": "name",
    "phone": "tel",
    "mobile": "tel",
    "telephone": "tel",
    "email": "email",
    "address": "street-address",
    "postcode": "postal-code",
    "organisation": "organization",
    "birthday": "bday",
    "username": "username",
    "login": "username",
    "password": "current-password",
    "new_password": "new-password",
    "otp": "one-time-code",
    "code": "off",
    "secret": "off",
}
KINDS = {
    "checkbox": "check",
    "radio": "choices",
    "select": "select",
    "file": "file",
    "hidden": "",
    "date": "date",
    "datetime-local": "date",
    "time": "date",
}


class GovBoundField(BoundField):
    """A bound field whose widget carries the classes and attributes of the design language."""

    @property
    def kind(self) -> str:
        """What `field.html` lays out: text, textarea, select, check (one box), choices (many), file, date;
        empty if hidden."""
        return widget_kind(self.field.widget)

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        """Django's attributes (required, aria-invalid, aria-describedby) and ours; hand-set ones stay."""
        built = super().build_widget_attrs(attrs, widget)
        chosen = widget or self.field.widget
        if chosen.is_hidden:
            return built
        own = chosen.attrs
        kind = widget_kind(chosen)
        built["class"] = " ".join(part for part in ("control", f"control--{kind}", own.get("class", "")) if part)
        if kind in ("text", "textarea", "date") and "autocomplete" not in own and self.name in AUTOCOMPLETE:
            built["autocomplete"] = AUTOCOMPLETE[self.name]
        if AUTOCOMPLETE.get(self.name) == "tel":
            built.setdefault("inputmode", own.get("inputmode", "tel"))
        if kind == "textarea":
            built.update(self._counted(own))
        return built

    def _counted(self, own: dict[str, Any]) -> dict[str, Any]:
        """A long text is counted, not cut: `maxlength` would silently drop the end of a pasted letter."""
        limit = getattr(self.field, "max_length", None) or own.get("maxlength")
        attrs: dict[str, Any] = {
            "rows": own.get("rows") if str(own.get("rows", "10")) != "10" else "6",
            "cols": False,
        }
        if limit:
            attrs |= {"maxlength": False, "data-counter": str(limit)}
        return attrs


class GovRenderer(DjangoTemplates):
    """For `FORM_RENDERER = "tongban.portal.forms.GovRenderer"`."""

    form_template_name = "tongban/parts/form.html"
    field_template_name = "tongban/parts/field.html"
    bound_field_class = GovBoundField


class GovForm(forms.Form):
    """A mixin (or a base) for one form: the renderer above, no colon after labels, and `error_css_class`."""

    default_renderer = GovRenderer
    error_css_class = "field--error"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


def widget_kind(widget: forms.Widget) -> str:
    """The layout a widget needs; see `GovBoundField.kind`."""
    if widget.is_hidden:
        return ""
    if isinstance(widget, forms.Textarea):
        return "textarea"
    if isinstance(widget, forms.CheckboxSelectMultiple | forms.RadioSelect):
        return "choices"
    return KINDS.get(getattr(widget, "input_type", "") or "", "text")
