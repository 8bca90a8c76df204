"""The record of a look as a WARC file (ISO 28500): every request and answer byte for byte, what was refused and why."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from warcio.warcwriter import WARCWriter

from .fetching import Exchange


def warc(exchanges: Iterable[Exchange], about: Mapping[str, Any], target: str) -> bytes:
    """A gzipped WARC: warcinfo, then for each exchange its answer and its request, then the look itself as metadata."""
    stream = io.BytesIO()
    writer = WARCWriter(stream, gzip=True)
    said = {"software": "tongban evidence", "format": "WARC File Format 1.1", "conformsTo": "ISO 28500:2017"}
    writer.write_record(writer.create_warcinfo_record("evidence.warc.gz", said))
    for one in exchanges:
        headers = {"WARC-Date": _moment(one.began), "WARC-IP-Address": one.ip}
        if one.truncated:
            headers["WARC-Truncated"] = one.truncated
        answer = writer.create_warc_record(
            one.address.href,
            "response",
            payload=io.BytesIO(one.head + one.wire),
            length=len(one.head) + len(one.wire),
            warc_content_type="application/http; msgtype=response",
            warc_headers_dict=headers,
        )
        asked = writer.create_warc_record(
            one.address.href,
            "request",
            payload=io.BytesIO(one.request),
            length=len(one.request),
            warc_content_type="application/http; msgtype=request",
            warc_headers_dict={
                "WARC-Date": _moment(one.began),
                "WARC-Concurrent-To": answer.rec_headers.get_header("WARC-Record-ID"),
            },
        )
        writer.write_record(answer)
        writer.write_record(asked)
    raw = json.dumps(about, ensure_ascii=False, indent=1).encode()
    writer.write_record(
        writer.create_warc_record(
            target, "metadata", payload=io.BytesIO(raw), length=len(raw), warc_content_type="application/json"
        )
    )
    return stream.getvalue()


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
