"""腾讯云短信: SendSms (2021-01-11), signed by TC3-HMAC-SHA256.

Sources: https://cloud.tencent.com/document/api/382/55981 and https://cloud.tencent.com/document/api/382/52072 (whose
worked example is a test).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings

from .calling import call, endpoint
from .gateways import Message, NotSent, template_of

HOST, SERVICE = "sms.tencentcloudapi.com", "sms"
ACTION, VERSION, ALGORITHM = "SendSms", "2021-01-11", "TC3-HMAC-SHA256"
TYPE = "application/json; charset=utf-8"


def authorization(key_id: str, key_secret: str, service: str, at: int, headers: Mapping[str, str], body: bytes) -> str:
    """The header Authorization for a POST of `body` to `/` at the moment `at`; `headers` in small letters, all
    signed."""
    names = sorted(headers)
    lines = "".join(f"{name}:{headers[name].strip().lower()}\n" for name in names)
    signed = ";".join(names)
    canonical = f"POST\n/\n\n{lines}\n{signed}\n{hashlib.sha256(body).hexdigest()}"
    day = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d")
    scope = f"{day}/{service}/tc3_request"
    to_sign = f"{ALGORITHM}\n{at}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = f"TC3{key_secret}".encode()
    for part in (day, service, "tc3_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    return f"{ALGORITHM} Credential={key_id}/{scope}, SignedHeaders={signed}, Signature={signature}"


class Tencent:
    """The gateway, as the environment has it."""

    def send(self, message: Message) -> str:
        """Hand the message over; the answer is the vendor's SerialNo."""
        known = settings.SMS
        body = json.dumps(
            {
                "PhoneNumberSet": [f"+86{message.number}" if message.number.isdigit() else message.number],
                "SmsSdkAppId": known["app"],
                "SignName": known["sign"],
                "TemplateId": template_of(message),
                "TemplateParamSet": list(message.filled().values()),
            },
            ensure_ascii=False,
        ).encode()
        base, at = endpoint(known["endpoint"], HOST), int(time.time())
        signed = {"content-type": TYPE, "host": urlsplit(base).netloc, "x-tc-action": ACTION}
        headers = {
            **signed,
            "Authorization": authorization(known["key_id"], known["key_secret"], SERVICE, at, signed, body),
            "X-TC-Version": VERSION,
            "X-TC-Timestamp": str(at),
            "X-TC-Region": known["region"],
        }
        answer = call(f"{base}/", headers, body).get("Response")
        if not isinstance(answer, dict):
            raise NotSent("no answer")
        error = answer.get("Error")
        if isinstance(error, dict):
            raise NotSent(str(error.get("Code", "error")), str(error.get("Message", ""))[:200])
        states = answer.get("SendStatusSet")
        state = states[0] if isinstance(states, list) and states and isinstance(states[0], dict) else {}
        if state.get("Code") != "Ok":
            raise NotSent(str(state.get("Code", "no code")), str(state.get("Message", ""))[:200])
        return str(state.get("SerialNo", ""))
