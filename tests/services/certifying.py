"""Certificates for tests, and ways to tamper with one: each a name, what is done, and the reason of the refusal."""

from __future__ import annotations

import json
import zlib
from datetime import timedelta

import cbor2

from tongban.cases.actor import NEWCOMER
from tongban.cases.writer import Step, Submission, perform, submit
from tongban.credentials import SigningKey, StatusList, issue, present, status_list, to_paper
from tongban.credentials.cose import sign_cose
from tongban.credentials.encoding import b45, b64, unb45, unb64
from tongban.credentials.jws import sign
from tongban.services import reading
from tongban.services.certificates import keys, lists
from tongban.services.certificates.rows import Certificate

from .conftest import CIVIL, PLACE, official

FACTS = {"born": "1958-03-02", "resident_here": True}
ID = "610113195803020023"


def card(now, name="李秀兰"):
    """A granted senior card at this moment: the case, its receipt, the certificate."""
    item = reading.current().items["7001"]
    extra = {"facts": FACTS, "id_number": ID, "item": item.since.isoformat()}
    sent = Submission(
        "application", "7001", PLACE, "老年人优待证办理", "", visibility="confidential", name=name, extra=extra
    )
    case, receipt = submit(sent, NEWCOMER, now=now - timedelta(minutes=5))
    for act, said in (("accept", {}), ("grant", {"text": "准予办理。"})):
        perform(case.pk, Step(act, official(CIVIL), said, at=now - timedelta(minutes=4)))
    return case, receipt, Certificate.objects.get(case=case)


def changed_payload(text, **more):
    """The signed part with other claims and the old signature."""
    signed, rest = text.split("~", 1)
    header, payload, signature = signed.split(".")
    return ".".join([header, b64(json.dumps({**json.loads(unb64(payload)), **more}).encode()), signature]) + "~" + rest


def changed_header(text, **more):
    head, rest = text.split(".", 1)
    return b64(json.dumps({**json.loads(unb64(head)), **more}).encode()) + "." + rest


def last_changed(text):
    """Another last disclosure: the name."""
    *before, last, proof = text.split("~")
    salt, name, _value = json.loads(unb64(last))
    return "~".join([*before, b64(json.dumps([salt, name, "别人"], ensure_ascii=False).encode()), proof])


def added(text):
    return text + b64(json.dumps(["AAAAAAAAAAAAAAAAAAAAAA", "over_100", True]).encode()) + "~"


def twice(text):
    first, one, rest = text.split("~", 2)
    return "~".join([first, one, one, rest])


def signature_cut(text):
    signed, rest = text.split("~", 1)
    said, signature = signed.rsplit(".", 1)
    return f"{said}.{b64(unb64(signature)[:-1])}~{rest}"


def repacked(paper, change):
    """A paper form whose packed message was changed."""
    raw = zlib.decompress(unb45(paper.removeprefix("TB1:")))
    return "TB1:" + b45(zlib.compress(change(raw)))


def _renamed(raw):
    return raw.replace("李".encode(), "张".encode())


class Forger:
    """Somebody who knows all that is public, and has keys of their own and of another unit."""

    def __init__(self, certificate, now, other_unit):
        self.now, self.unit = int(now.timestamp()), certificate.unit_id
        self.issuer, self.type = keys.issuer_of(self.unit), f"{keys.settings.ORIGIN}/verify/types/senior"
        self.status = (lists.address_of(self.unit, 1), certificate.status_index)
        self.own = SigningKey.generate(keys.signing_key(self.unit).kid)
        self.other_unit = other_unit

    def file(self, **more):
        given = {"type": self.type, "issuer": self.issuer, "key": self.own, "issued_at": self.now - 60}
        return issue({"name": "张三", "over_60": True}, **{**given, "status": self.status, **more})

    def paper(self, **more):
        given = {"type": self.type, "issuer": self.issuer, "key": self.own, "issued_at": self.now - 60}
        return to_paper({"name": "张三", "over_60": True}, **{**given, "status": self.status, **more})


def tamperings(file, paper, forger):
    """Name → (text, reason). `file` is the SD-JWT VC, `paper` the code; both are good as they are."""
    true = {"key": keys.signing_key(forger.unit)}
    proofless = sign({"typ": "kb+jwt"}, {"iat": forger.now, "aud": "x", "nonce": "y", "sd_hash": "z"}, forger.own)
    as_list = status_list(StatusList(8), uri="x", issuer=forger.issuer, issued_at=forger.now, **true)
    return {
        "another claim in the signed part": (changed_payload(file, over_60=True), "signature"),
        "another issuer in the signed part": (changed_payload(file, iss="https://evil.example"), "unknown_issuer"),
        "another index of the list": (changed_payload(file, status=None), "signature"),
        "no algorithm": (changed_header(file, alg="none"), "algorithm"),
        "another algorithm": (changed_header(file, alg="HS256"), "algorithm"),
        "a header that asks for more": (changed_header(file, crit=["b64"]), "algorithm"),
        "a signature that is cut": (signature_cut(file), "signature"),
        "a claim with another value": (last_changed(file), "disclosure"),
        "a claim of one's own": (added(file), "disclosure"),
        "a claim twice": (twice(file), "disclosure"),
        "only the claims": ("~".join(file.split("~")[1:]), "malformed"),
        "cut in the middle": (file[: file.index("~") // 2], "malformed"),
        "a key of one's own": (forger.file(), "signature"),
        "the key of another unit": (forger.file(key=keys.signing_key(forger.other_unit)), "signature"),
        "a site of one's own": (forger.file(issuer="https://evil.example/issuer/1"), "unknown_issuer"),
        "one that has ended": (forger.file(**true, expires_at=forger.now - 600), "expired"),
        "one of tomorrow": (forger.file(**true, issued_at=forger.now + 86400), "not_yet_valid"),
        "a proof by a stranger": (forger.file(**true) + proofless, "holder"),
        "a signed list, not a certificate": (as_list + "~", "type"),
        "far too long": (file + "A" * 300_000, "too_large"),
        "a code with a letter changed": (repacked(paper, lambda raw: raw.replace(b"\xf5", b"\xf4", 1)), "signature"),
        "a code that is cut": (paper[:-9], "malformed"),
        "a code with another name in it": (repacked(paper, _renamed), "signature"),
        "a code by a stranger": (forger.paper(), "signature"),
        "a code of another unit": (forger.paper(key=keys.signing_key(forger.other_unit)), "signature"),
        "a code with another algorithm": (
            "TB1:" + b45(zlib.compress(sign_cose(cbor2.dumps({1: forger.issuer}), forger.own, {1: -8}))), "algorithm"
        ),
        "an old screen": (forger.paper(**true, expires_at=forger.now - 120), "expired"),
        "something else": ("https://example.com/", "malformed"),
    }  # fmt: skip


def chosen(certificate, *names):
    return present(certificate.sealed["sdjwt"], names)
