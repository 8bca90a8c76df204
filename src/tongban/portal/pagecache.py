"""Keeps whole public pages in memory in front of Django, for seconds.

A page is kept only where its view says `Public-For: SECONDS` and the answer sets no cookie; the key is path, query,
language and mode, so nothing of a person is in it. A request that carries a session goes to Django. Bounded in size.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

from django.core.handlers.wsgi import get_str_from_wsgi
from django.http.cookie import parse_cookie

from tongban.gate.keeping import HEADER

from .security import SECRETS

Start = Callable[..., Any]


class PageCache:
    """WSGI middleware. `most` pages, `largest` bytes each."""

    def __init__(self, application: Any, most: int = 2000, largest: int = 400_000) -> None:
        self.application = application
        self.most = most
        self.largest = largest
        self._pages: OrderedDict[str, tuple[float, str, list[tuple[str, str]], bytes]] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        key = self._key(environ)
        if key is None:
            return self._pass(environ, start_response, None)
        kept = self._pages.get(key)
        if kept is not None and kept[0] > time.monotonic():
            _, status, headers, body = kept
            etag = next((value for name, value in headers if name == "ETag"), "")
            if etag and environ.get("HTTP_IF_NONE_MATCH") == etag:
                start_response(
                    "304 Not Modified", [item for item in headers if item[0] not in ("Content-Length", "Content-Type")]
                )
                return [b""]
            start_response(status, headers)
            return [body]
        return self._pass(environ, start_response, key)

    def _key(self, environ: dict[str, Any]) -> str | None:
        if environ.get("REQUEST_METHOD") != "GET" or environ.get("PATH_INFO", "").startswith(
            ("/static/", "/desk", "/accounts")
        ):
            return None
        if any(name in environ for name in SECRETS):
            return None
        from django.conf import settings

        from .language import MODE_COOKIE, language_of

        # Read as Django reads them for the view: a header that two parsers understood in two ways would put one
        # person's page under another person's key.
        cookies = parse_cookie(get_str_from_wsgi(environ, "HTTP_COOKIE", ""))
        if settings.SESSION_COOKIE_NAME in cookies or "messages" in cookies:
            return None
        language, mode = cookies.get(settings.LANGUAGE_COOKIE_NAME), cookies.get(MODE_COOKIE, "")
        spoken = language_of(language, environ.get("HTTP_ACCEPT_LANGUAGE", ""))
        htmx = environ.get("HTTP_HX_REQUEST", "")
        host = environ.get("HTTP_HOST", "")
        elder = "elder" if mode == "elder" else ""
        return "\x00".join((host, environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", ""), spoken, elder, htmx))

    def _pass(self, environ: dict[str, Any], start_response: Start, key: str | None) -> Iterable[bytes]:
        seen: dict[str, Any] = {}

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            seconds = next((value for name, value in headers if name == HEADER), None)
            headers = [item for item in headers if item[0] != HEADER]
            seen.update(status=status, headers=headers, seconds=seconds)
            if seconds is None or key is None:
                return start_response(status, headers, *rest)
            return None

        result = self.application(environ, start)
        if seen.get("seconds") is None or key is None:
            return result  # type: ignore[no-any-return]
        try:
            body = b"".join(result)
        finally:
            if hasattr(result, "close"):
                result.close()
        headers = [item for item in seen["headers"] if item[0] not in ("Content-Length", "ETag")]
        headers += [
            ("Content-Length", str(len(body))),
            ("ETag", f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'),
        ]
        cookies = any(name.lower() == "set-cookie" for name, _ in headers)
        if seen["status"].startswith("200") and not cookies and len(body) <= self.largest:
            with self._lock:
                self._pages[key] = (time.monotonic() + float(seen["seconds"]), seen["status"], headers, body)
                self._pages.move_to_end(key)
                while len(self._pages) > self.most:
                    self._pages.popitem(last=False)
        start_response(seen["status"], headers)
        return [body]
