"""The WSGI application: static files and the cache of public pages in front of Django.

Static files are served by WhiteNoise around Django, not inside it: as a middleware an async one cost 2 ms a request.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.config.settings")

from tongban.config.ready import plainly  # noqa: E402

with plainly():  # what the settings refuse is one line here, not a traceback below
    import_module(os.environ["DJANGO_SETTINGS_MODULE"])

from django.core.wsgi import get_wsgi_application  # noqa: E402
from whitenoise import WhiteNoise  # noqa: E402

from tongban.portal.pagecache import PageCache  # noqa: E402


def _headers(headers: Any, _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Content-Security-Policy"] = "default-src 'none'; sandbox; style-src 'self'"


def with_static_files(application: Any) -> Any:
    """The application with the static files of every installed room in front of it."""
    from django.conf import settings
    from django.contrib.staticfiles import finders

    served = WhiteNoise(application, max_age=3600, add_headers_function=_headers, allow_all_origins=False)
    for finder in finders.get_finders():
        for storage in getattr(finder, "storages", {}).values():
            served.add_files(str(storage.location), prefix=settings.STATIC_URL.strip("/") + "/")
    return served


application = with_static_files(PageCache(get_wsgi_application()))
