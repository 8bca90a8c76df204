"""阿里云短信: Dysmsapi SendSms (2017-05-25), signed by V3 (ACS3-HMAC-SHA256).

Sources: https://help.aliyun.com/zh/sms/developer-reference/api-dysmsapi-2017-05-25-sendsms and
https://help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature (whose worked example is a test).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from django.conf import settings

from .calling import call, endpoint
from .gateways import Message, NotSent, template_of

HOST = "dysmsapi.aliyuncs.com"
ACTION, VERSION, ALGORITHM = "SendSms", "2017-05-25", "ACS3-HMAC-SHA256"


def query_of(values: Mapping[str, str]) -> str:
    """The canonical query: sorted by name, percent-encoded (RFC 3986)."""
    return "&".join(f"{quote(name, safe='~')}={quote(values[name], safe='~')}" for name in sorted(values))


def authorization(key_id: str, key_secret: str, query: str, headers: Mapping[str, str]) -> str:
    """The header Authorization for a POST to `/` with this canonical query; `headers` in small letters, all signed."""
    names = sorted(headers)
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in names)
    signed = ";".join(names)
    canonical = f"POST\n/\n{query}\n{lines}\n{signed}\n{headers['x-acs-content-sha256']}"
    to_sign = f"{ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.digest(key_secret.encode(), to_sign.encode(), "sha256").hex()
    return f"{ALGORITHM} Credential={key_id},SignedHeaders={signed},Signature={signature}"


class Aliyun:
    """The gateway, as the environment has it."""

    def send(self, message: Message) -> str:
        """Hand the message over; the answer is the vendor's BizId."""
        known = settings.SMS
        values = {
            "PhoneNumbers": message.number,
            "SignName": known["sign"],
            "TemplateCode": template_of(message),
            "TemplateParam": json.dumps(message.filled(), ensure_ascii=False, separators=(",", ":")),
        }
        base, query = endpoint(known["endpoint"], HOST), query_of(values)
        headers = {
            "host": urlsplit(base).netloc,
            "x-acs-action": ACTION,
            "x-acs-version": VERSION,
            "x-acs-date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": secrets.token_hex(16),
            "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
        }
        signed = {**headers, "Authorization": authorization(known["key_id"], known["key_secret"], query, headers)}
        answer = call(f"{base}/?{query}", signed, b"")
        if answer.get("Code") != "OK":
            raise NotSent(str(answer.get("Code", "no code")), str(answer.get("Message", ""))[:200])
        return str(answer.get("BizId", ""))
