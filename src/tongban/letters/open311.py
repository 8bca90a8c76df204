"""Open311 GeoReport v2 on the one way: services, service definition, post and get requests, tokens, discovery; XML and JSON.

Source: GeoReport v2 (wiki.open311.org/GeoReport_v2). A service is a matter, a request is a letter. There is no map here:
`address_id` is the code of a place, or `address_string` names one; `lat` and `long` alone are refused with a reason.
The standard knows no secret: it comes in `service_notice` and, beside it, as `receipt_secret`. Only published letters
can be read back without it. `api_key` is not needed. Not for officials.
"""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path, register_converter
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from tongban.cases.actor import NEWCOMER
from tongban.cases.inputs import clean_text
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Submission, submit
from tongban.gate.allow import allows
from tongban.gate.rates import wait_for
from tongban.gate.templatetags.tongban_names import matter_name, unit_name
from tongban.registry import snapshot

from .models import PublishedLetter

MOST = 1000


def _element(name: str, value: Any) -> ElementTree.Element:
    element = ElementTree.Element(name)
    if isinstance(value, dict):
        for key, item in value.items():
            element.append(_element(key, item))
    elif isinstance(value, list):
        for item in value:
            element.append(_element("endpoint" if name == "endpoints" else "format" if name == "formats" else "attribute", item))
    elif isinstance(value, bool):
        element.text = "true" if value else "false"
    elif value is not None:
        element.text = "".join(character for character in str(value) if character >= " " or character in "\t\n")
    return element


def _answer(form: str, rows: Any, root: str, item: str, status: int = 200) -> HttpResponse:
    if form == "json":
        import orjson

        return HttpResponse(orjson.dumps(rows), content_type="application/json; charset=utf-8", status=status)
    top = ElementTree.Element(root)
    for row in rows if isinstance(rows, list) else [rows]:
        if isinstance(rows, list):
            top.append(_element(item, row))
        else:
            top.extend(list(_element(root, row)))
    return HttpResponse(ElementTree.tostring(top, encoding="utf-8", xml_declaration=True), content_type="text/xml; charset=utf-8", status=status)


def _error(form: str, status: int, description: Any) -> HttpResponse:
    return _answer(form, [{"code": status, "description": str(description)}], "errors", "error", status)


@allows("public")
def discovery(request: HttpRequest, form: str) -> HttpResponse:
    """Service discovery: endpoints and formats."""
    found = {
        "changeset": "2026-11-23 00:00", "contact": f"{settings.ORIGIN}/about/", "key_service": "",
        "endpoints": [{
            "specification": "http://wiki.open311.org/GeoReport_v2", "url": f"{settings.ORIGIN}/open311/v2", "changeset": "2026-11-23 00:00",
            "type": "production", "formats": ["text/xml", "application/json"],
        }],
    }  # fmt: skip
    return _answer(form, found, "discovery", "discovery")


def _service(code: str) -> dict[str, Any]:
    registry = snapshot.current()
    row = registry.matters[code]
    above = registry.line("matters", code)
    return {
        "service_code": code, "service_name": matter_name(code), "description": row.description, "metadata": row.conduct, "type": "realtime",
        "keywords": ",".join(part for part in row.description.replace("，", "、").split("、") if part)[:200], "group": matter_name(above[-1]),
    }  # fmt: skip


def _services() -> list[str]:
    registry = snapshot.current()
    return [row.code for row in registry.matters.values() if row.active and not registry.children("matters", row.code)]


@allows("public")
def services(request: HttpRequest, form: str) -> HttpResponse:
    """GET service list."""
    return _answer(form, [_service(code) for code in _services()], "services", "service")


@allows("public")
def service(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """GET service definition: the unit complained of is an attribute of complaints about conduct."""
    if code not in _services():
        return _error(form, 404, _("没有这个事项。"))
    attributes = []
    if snapshot.current().matters[code].conduct:
        attributes.append({
            "variable": True, "code": "against", "datatype": "string", "required": True, "datatype_description": _("单位代码"), "order": 1,
            "description": _("反映的是哪个单位"),
        })  # fmt: skip
    return _answer(form, {"service_code": code, "attributes": attributes}, "service_definition", "attribute")


def _place(values: Any) -> str:
    """The place that a request names. Raises Refusal."""
    registry = snapshot.current()
    code = values.get("address_id", "").strip()
    if code in registry.places:
        return code
    text = values.get("address_string", "")
    named = [row for row in registry.places.values() if row.name in text and row.level != "province"]
    if named:
        return max(named, key=lambda row: (row.level == "county", len(row.name))).code
    if values.get("lat") or values.get("long"):
        raise Refusal("bad_input", _("本站没有地图，请用 address_id 给出行政区划代码，或在 address_string 里写明县（区）。"), "address_id")
    raise Refusal("bad_input", _("缺少地点：请给出 address_id 或 address_string。"), "address_id")


@csrf_exempt  # carries no session: every request stands for itself
@allows("public")
def requests(request: HttpRequest, form: str) -> HttpResponse:
    """POST service request, GET published service requests."""
    if request.method == "POST":
        return _post(request, form)
    rows = PublishedLetter.objects.all()
    wanted = request.GET.get("service_request_id", "")
    if wanted:
        rows = rows.filter(slug__in=[part.strip()[:16] for part in wanted.split(",")][:50])
    if request.GET.get("service_code"):
        rows = rows.filter(matter_id__in=[part.strip()[:32] for part in request.GET["service_code"].split(",")][:50])
    for name, lookup in (("start_date", "published_at__gte"), ("end_date", "published_at__lte")):
        if request.GET.get(name):
            try:
                at = parse_datetime(request.GET[name])
            except ValueError:
                at = None
            if at is None:
                return _error(form, 400, _("%(name)s 不是 W3C 格式的时间。") % {"name": name})
            rows = rows.filter(**{lookup: at if at.tzinfo else timezone.make_aware(at)})
    if request.GET.get("status") == "open":
        rows = rows.none()
    return _answer(form, [_request(row) for row in rows.order_by("-published_at")[:MOST]], "service_requests", "request")


def _post(request: HttpRequest, form: str) -> HttpResponse:
    wait = wait_for(request, "submit")
    if wait:
        response = _error(form, 429, _("请求太频繁，请在 %(wait)d 秒后再试。") % {"wait": wait})
        response["Retry-After"] = str(wait)
        return response
    values = request.POST
    code = values.get("service_code", "")
    if not code:
        return _error(form, 400, _("缺少 service_code。"))
    if code not in _services():
        return _error(form, 404, _("没有这个事项。"))
    text = clean_text(values.get("description", ""))
    if not text:
        return _error(form, 400, _("缺少 description。"))
    if len(text) > 5000:
        return _error(form, 400, _("description 最多 5000 个字。"))
    against = values.get("attribute[against]") or None
    if snapshot.current().matters[code].conduct and not against:
        return _error(form, 400, _("缺少 attribute[against]：反映的单位。"))
    name = " ".join(part for part in (values.get("last_name", ""), values.get("first_name", "")) if part)[:40]
    try:
        sent = Submission(
            "letter", code, _place(values), text.splitlines()[0][:60], text, against, "public", name, values.get("phone", "")[:30],
            values.get("email", "")[:120], values.get("address_string", "")[:200], channel="open311", language=request.LANGUAGE_CODE,
        )  # fmt: skip
        key = request.headers.get("Idempotency-Key", "")
        case, receipt = submit(sent, NEWCOMER, f"open311 {key}" if 16 <= len(key) <= 100 else None)
    except Refusal as refusal:
        return _error(form, 400 if refusal.code == "bad_input" else refusal.status, refusal.message)
    notice = _("请保存密码 %(secret)s，凭查询码和密码在 %(link)s 查看。") % {"secret": receipt.shown_secret, "link": f"{settings.ORIGIN}/letters/track/"}
    row = {"service_request_id": case.code, "service_notice": notice, "account_id": "", "receipt_secret": receipt.secret}
    return _answer(form, [row], "service_requests", "request", 201)


def _request(row: PublishedLetter) -> dict[str, Any]:
    def at(day: Any) -> str:
        return f"{day.isoformat()}T00:00:00+08:00"

    return {
        "service_request_id": row.slug, "status": "closed", "status_notes": row.answer, "service_name": matter_name(row.matter_id),
        "service_code": row.matter_id, "description": row.body, "agency_responsible": unit_name(row.unit_id), "service_notice": "",
        "requested_datetime": at(row.submitted_on), "updated_datetime": at(row.answered_on), "expected_datetime": None, "address": None,
        "address_id": row.place_id, "zipcode": None, "lat": None, "long": None, "media_url": None,
    }  # fmt: skip


@allows("public")
def one_request(request: HttpRequest, number: str, form: str) -> HttpResponse:
    """GET one published service request."""
    row = PublishedLetter.objects.filter(slug=number[:16]).first()
    if row is None:
        return _error(form, 404, _("没有这封公开来信。"))
    return _answer(form, [_request(row)], "service_requests", "request")


@allows("public")
def token(request: HttpRequest, number: str, form: str) -> HttpResponse:
    """GET service_request_id from a token: ids are given at once here, so a token is the id itself."""
    return _answer(form, [{"token": number[:40], "service_request_id": number[:40]}], "service_requests", "request")


class FormConverter:
    """`xml` or `json` at the end of a path."""

    regex = "xml|json"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(FormConverter, "open311_format")
FORM = "<open311_format:form>"
urlpatterns = [
    path(f"discovery.{FORM}", discovery),
    path(f"services.{FORM}", services),
    path(f"services/<slug:code>.{FORM}", service),
    path(f"requests.{FORM}", requests),
    path(f"requests/<slug:number>.{FORM}", one_request),
    path(f"tokens/<slug:number>.{FORM}", token),
]
