"""Open311 GeoReport v2: discovery, services, service definitions, requests and tokens, in XML and JSON.

Source: wiki.open311.org/GeoReport_v2, frozen. A service is a matter, a request is a letter, a jurisdiction is a place.
The standard knows no secret and no private letters; what we do about it (docs/api.md says it too):
- the secret comes in `service_notice`, and in JSON as `receipt_secret` beside it;
- everybody reads published letters alone; the sender reads the own one with the receipt's secret in the header;
- there is no map: a place is named by code or in words; `media_url` is not fetched and the notice says so;
- no key is needed; too many requests get 429, which the standard has no word for.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.urls import path, re_path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from tongban.cases.actor import NEWCOMER
from tongban.cases.inputs import clean_text
from tongban.cases.models import Case
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Submission, submit
from tongban.counter.api.calling import RECEIPT
from tongban.counter.api.submitting import checked_contact, line
from tongban.counter.proven import opened_by
from tongban.gate.allow import allows
from tongban.gate.calling import KEY, code_of
from tongban.gate.rates import wait_for
from tongban.gate.templatetags.tongban_names import matter_name, place_line, unit_name
from tongban.published.api import by_slug
from tongban.published.models import PublishedCase
from tongban.registry import snapshot
from tongban.registry.snapshot_rows import MatterRow

from ..models import PublishedLetter
from ..procedure import LETTER
from . import georeport
from .georeport import LONGEST, Wrong, answer, refusal

MOST = 1000
"""Requests in one answer (GeoReport v2, Response Volume)."""
SUBJECT = 60
FORMATS = r"(?P<form>xml|json)"
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")


def view(*methods: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A public view of this API: every refusal in the standard's shape and in the format that was asked for."""

    def wrap(inner: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @allows("public", None)
        @csrf_exempt  # carries no session: every request stands for itself
        @wraps(inner)
        def outer(request: HttpRequest, form: str = "xml", **kwargs: Any) -> HttpResponse:
            if request.method not in methods:
                response = refusal(form, 405, _("这里不能用这种方法。"))
                response["Allow"] = ", ".join(methods)
                return response
            try:
                return inner(request, form=form, **kwargs)
            except Wrong as wrong:
                return refusal(form, wrong.status, wrong.description)
            except Refusal as found:
                said = georeport.of_refusal(found)
                return refusal(form, said.status, said.description)
            except RequestDataTooBig:
                return refusal(form, 400, _("上传的内容太大。"))
            except (SuspiciousOperation, UnreadablePostError):
                return refusal(form, 400, _("请求无法读取。"))

        return outer

    return wrap


def jurisdiction_of(values: Any) -> str | None:
    """The place that `jurisdiction_id` names: its code, or this site's host name for all of it. None where it is not
    said: there is one jurisdiction here, so it is optional. Raises Wrong (404)."""
    given = values.get("jurisdiction_id", "").strip()
    if not given or given == urlsplit(settings.ORIGIN).hostname:
        return None
    if given not in snapshot.current().places:
        raise Wrong(404, _("没有这个 jurisdiction_id。可以不填，或填行政区划代码。"))
    return str(given)


@view("GET", "HEAD")
def discovery(request: HttpRequest, form: str) -> HttpResponse:
    """Service Discovery. The changeset moves on with the registry, so that clients know when to
    read the services again."""
    changeset = f"2026-11-23 00:00 {snapshot.current().version:010d}"
    endpoint = {
        "specification": georeport.SPECIFICATION,
        "url": f"{settings.ORIGIN}/open311/v2",
        "changeset": changeset,
        "type": "test" if settings.DEMO else "production",
        "formats": ["text/xml", "application/json"],
    }
    found = {
        "changeset": changeset,
        "contact": f"{settings.SITE_NAME} {settings.ORIGIN}/about/",
        "key_service": _("不需要 api_key。"),
        "endpoints": [endpoint],
    }
    return answer(form, "discovery", found)


def _leaves() -> dict[str, MatterRow]:
    return {row.code: row for row in snapshot.current().leaves("letter")}


def _leaf(code: str) -> MatterRow:
    found = _leaves().get(code)
    if found is None:
        raise Wrong(404, _("没有这个事项：service_code 见 services。"))
    return found


def _service(row: MatterRow) -> dict[str, Any]:
    words = [word for word in re.split(r"[，、,；;\s]+", row.description) if word]
    return {
        "service_code": row.code,
        "service_name": matter_name(row.code),
        "description": row.description,
        "metadata": row.conduct,
        "type": "realtime",
        "keywords": ", ".join(words[:20]),
        "group": matter_name(snapshot.current().line("matters", row.code)[-1]),
    }


@view("GET", "HEAD")
def services(request: HttpRequest, form: str) -> HttpResponse:
    """GET Service List: the matters that letters can be about."""
    jurisdiction_of(request.GET)
    return answer(form, "services", [_service(row) for row in _leaves().values()])


@view("GET", "HEAD")
def service(request: HttpRequest, form: str, code: str) -> HttpResponse:
    """GET Service Definition: a complaint about conduct has to name the unit."""
    jurisdiction_of(request.GET)
    row = _leaf(code)
    against = {
        "variable": True,
        "code": "against",
        "datatype": "string",
        "required": True,
        "datatype_description": _("单位代码，见 /api/v1/registry/units"),
        "order": 1,
        "description": _("反映的是哪个单位"),
    }
    return answer(
        form, "service_definition", {"service_code": row.code, "attributes": [against] if row.conduct else []}
    )


@view("GET", "HEAD", "POST")
def requests(request: HttpRequest, form: str) -> HttpResponse:
    """POST Service Request, GET Service Requests."""
    return _post(request, form) if request.method == "POST" else _list(request, form)


# --- sending --------------------------------------------------------------------------------------------------------


def _limited(request: HttpRequest, kind: str, form: str) -> HttpResponse | None:
    wait = wait_for(request, kind)
    if not wait:
        return None
    response = refusal(form, 429, _("请求太频繁，请在 %(wait)d 秒后再试。") % {"wait": wait})
    response["Retry-After"] = str(wait)
    return response


def _short(values: Any, name: str, longest: int) -> str:
    text = line(values.get(name, ""))
    if len(text) > longest:
        raise Wrong(400, _("%(name)s 最多 %(longest)d 个字。") % {"name": name, "longest": longest})
    return text


def _against(values: Any, row: MatterRow) -> str | None:
    """The unit complained of, from `attribute[against]`. Raises Wrong for attributes that the service does not have."""
    found = {key: values[key] for key in values if key.startswith("attribute[")}
    against = found.pop("attribute[against]", "").strip() or None
    if found:
        raise Wrong(400, _("这个事项没有这项 attribute：%(names)s。") % {"names": ", ".join(sorted(found))[:200]})
    if row.conduct and against is None:
        raise Wrong(400, _("缺少 attribute[against]：反映的单位。"))
    return against


def submission(values: Any, language: str) -> Submission:
    """The letter that a form describes. Raises Wrong or Refusal."""
    jurisdiction = jurisdiction_of(values)
    code = values.get("service_code", "").strip()
    if not code:
        raise Wrong(400, _("缺少 service_code。"))
    row = _leaf(code)
    text = clean_text(values.get("description", ""))
    if not text:
        raise Wrong(400, _("缺少 description。"))
    if len(text) > LONGEST:
        raise Wrong(400, _("%(name)s 最多 %(longest)d 个字。") % {"name": "description", "longest": LONGEST})
    name = "".join if not f"{values.get('last_name', '')}{values.get('first_name', '')}".isascii() else " ".join
    person = name(part for part in (_short(values, "last_name", 40), _short(values, "first_name", 40)) if part)
    phone, email = checked_contact(_short(values, "phone", 30), _short(values, "email", 120))
    return Submission(
        LETTER.kind, row.code, georeport.place_of(snapshot.current(), values, jurisdiction),
        line(text.splitlines()[0])[:SUBJECT], text,
        _against(values, row), "public", person[:40], phone, email, _short(values, "address_string", 200),
        channel="open311", language=language,
    )  # fmt: skip


def _post(request: HttpRequest, form: str) -> HttpResponse:
    limited = _limited(request, "submit", form)
    if limited is not None:
        return limited
    if request.content_type not in FORM_TYPES:
        raise Wrong(400, _("请用 Content-Type: application/x-www-form-urlencoded 发送。"))
    key = request.headers.get("Idempotency-Key", "")
    if key and not re.fullmatch(KEY, key):
        raise Wrong(400, _("Idempotency-Key 应当是 16 至 100 个字母、数字、- 或 _。"))
    values = request.POST
    case, receipt = submit(
        submission(values, request.LANGUAGE_CODE), NEWCOMER, f"open311 {key}" if key else None, once=True
    )
    notice = _("请保存密码 %(secret)s，凭查询码和密码在 %(link)s 查看。") % {
        "secret": receipt.shown_secret,
        "link": f"{settings.ORIGIN}{LETTER.follow}",
    }
    if values.get("media_url", "").strip():
        notice += _("本站不从 media_url 取图片。")
    row = {"service_request_id": case.code, "service_notice": notice, "account_id": None}
    status = 200 if receipt.again else 201
    return answer(form, "service_requests", [row], status, only_json={"receipt_secret": receipt.secret})


# --- reading --------------------------------------------------------------------------------------------------------


def _published(row: PublishedCase) -> dict[str, Any]:
    """A published letter: its days alone are public, so its times are the first moment of a day in Asia/Shanghai."""
    return {
        "service_request_id": row.slug, "status": "closed", "status_notes": row.answer,
        "service_name": matter_name(row.matter_id),
        "service_code": row.matter_id,
        "description": row.body if len(row.body) <= LONGEST else row.body[: LONGEST - 1] + "…",
        "agency_responsible": unit_name(row.unit_id), "service_notice": None,
        "requested_datetime": georeport.w3(row.submitted_on),
        "updated_datetime": georeport.w3(row.answered_on), "expected_datetime": None,
        "address": place_line(row.place_id),
        "address_id": row.place_id, "zipcode": None, "lat": None, "long": None, "media_url": None,
    }  # fmt: skip


def _own(case: Case) -> dict[str, Any]:
    """The sender's own letter."""
    return {
        "service_request_id": case.code, "status": "open" if case.is_open else "closed",
        "status_notes": str(LETTER.state(case.state).plain),
        "service_name": matter_name(case.matter_id), "service_code": case.matter_id, "description": case.body[:LONGEST],
        "agency_responsible": unit_name(case.unit_id), "service_notice": None,
        "requested_datetime": georeport.w3(case.submitted_at),
        "updated_datetime": georeport.w3(case.closed_at or case.step_since),
        "expected_datetime": georeport.w3(case.answer_due_at),
        "address": place_line(case.place_id), "address_id": case.place_id, "zipcode": None, "lat": None, "long": None,
        "media_url": None,
    }  # fmt: skip


def _words(values: Any, name: str, most: int = 50) -> list[str]:
    return [part for part in (part.strip() for text in values.getlist(name) for part in text.split(",")) if part][:most]


def _list(request: HttpRequest, form: str) -> HttpResponse:
    wanted, registry = request.GET, snapshot.current()
    jurisdiction = jurisdiction_of(wanted)
    numbers = _words(wanted, "service_request_id")
    if numbers:
        rows = PublishedLetter.objects.filter(slug__in=[number for number in numbers if number.isalnum()])
        return answer(form, "service_requests", [_published(row) for row in rows.order_by("-submitted_on", "-pk")])
    start, end = georeport.span_of(
        georeport.time_of("start_date", wanted.get("start_date", "")),
        georeport.time_of("end_date", wanted.get("end_date", "")),
        timezone.now(),
    )
    status = _words(wanted, "status")
    if set(status) - {"open", "closed"}:
        raise Wrong(400, _("status 只能是 open 或 closed。"))
    if status and "closed" not in status:
        return answer(form, "service_requests", [])
    first = timezone.localtime(start)
    since = first.date() if first.time() == first.time().min else first.date() + timedelta(days=1)
    rows = PublishedLetter.objects.filter(submitted_on__gte=since, submitted_on__lte=timezone.localdate(end))
    codes = _words(wanted, "service_code")
    if codes:
        rows = rows.filter(matter_id__in=[code for code in codes if code in registry.matters])
    if jurisdiction:
        rows = rows.filter(place_id__in=list(registry.subtree("places", jurisdiction)))
    return answer(form, "service_requests", [_published(row) for row in rows.order_by("-submitted_on", "-pk")[:MOST]])


def _one(request: HttpRequest, number: str) -> dict[str, Any] | None:
    """The published letter with this number, or the sender's own by its tracking code where the secret comes along."""
    row = by_slug("letter", number)
    if row is not None:
        return _published(row)
    secret = next(filter(None, (way(request) for way in RECEIPT)), None)
    case = opened_by(code_of(number) or "", str(secret), LETTER.kind) if secret and code_of(number) else None
    return _own(case) if case is not None else None


@view("GET", "HEAD")
def one_request(request: HttpRequest, form: str, number: str) -> HttpResponse:
    """GET Service Request: a published one, or one's own with the secret."""
    limited = _limited(request, "track", form)
    if limited is not None:
        return limited
    jurisdiction_of(request.GET)
    found = _one(request, number)
    if found is None:
        raise Wrong(404, _("没有这封公开来信。自己的来信请在 X-Receipt-Secret 里带上密码。"))
    return answer(form, "service_requests", [found])


@view("GET", "HEAD")
def token(request: HttpRequest, form: str, number: str) -> HttpResponse:
    """GET service_request_id from a token. Every service here is `realtime`: the id comes at once and no token is
    given, so only an id that the caller could read anyway is known."""
    limited = _limited(request, "track", form)
    if limited is not None:
        return limited
    jurisdiction_of(request.GET)
    found = _one(request, number)
    if found is None:
        raise Wrong(404, _("没有这个 token：本站在提交时就给出 service_request_id。"))
    return answer(form, "service_requests", [{"service_request_id": found["service_request_id"], "token": number}])


@view("GET", "HEAD", "POST")
def nowhere(request: HttpRequest, form: str = "xml") -> HttpResponse:
    """An address that the standard does not have."""
    raise Wrong(404, _("没有这个地址。"))


urlpatterns = [
    re_path(rf"^discovery\.{FORMATS}$", discovery),
    re_path(rf"^services\.{FORMATS}$", services),
    re_path(rf"^services/(?P<code>[^/]+)\.{FORMATS}$", service),
    re_path(rf"^requests\.{FORMATS}$", requests),
    re_path(rf"^requests/(?P<number>[^/]+)\.{FORMATS}$", one_request),
    re_path(rf"^tokens/(?P<number>[^/]+)\.{FORMATS}$", token),
    re_path(r"^.*\.(?P<form>json)$", nowhere),
    path("", nowhere),
    re_path(r"^.*$", nowhere),
]
