"""The WSGI application: Django behind the cache of public pages."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.config.settings")

from django.core.wsgi import get_wsgi_application  # noqa: E402

from tongban.portal.pagecache import PageCache  # noqa: E402

application = PageCache(get_wsgi_application())
