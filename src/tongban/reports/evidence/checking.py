"""What `tongban doctor` says of taking evidence: is it on, can pictures be taken, can bad settings be read?"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from django.conf import settings

from tongban.gate.parts import Level

from . import browsing
from .names import Refused

ADVICE = {
    "no_browser": "install chromium-headless-shell, or name it in TONGBAN_EVIDENCE_BROWSER",
    "no_namespace": "allow user namespaces (kernel.unprivileged_userns_clone), and install util-linux",
    "root": "run the worker as a user of its own, or set TONGBAN_EVIDENCE_AS_ROOT=1 (Chromium then has no sandbox)",
}


def check() -> Iterator[tuple[Level, str, str]]:
    """(level, what, advice), for each thing looked at; nothing where evidence is off."""
    if not settings.EVIDENCE:
        return
    try:
        for one in settings.EVIDENCE_REFUSE.replace(",", " ").split():
            ipaddress.ip_network(one)
        for one in settings.EVIDENCE_PORTS.replace(",", " ").split():
            int(one)
    except ValueError as problem:
        yield "danger", f"evidence cannot be taken: {problem}", "TONGBAN_EVIDENCE_REFUSE, TONGBAN_EVIDENCE_PORTS"
        return
    try:
        browsing.found(browsing.Browser(settings.EVIDENCE_BROWSER, settings.EVIDENCE_AS_ROOT))
        yield "ok", "evidence is taken when an official asks, with a picture", ""
    except Refused as refused:
        yield "warning", f"evidence is taken without a picture: {refused.reason}", ADVICE.get(refused.reason, "")
