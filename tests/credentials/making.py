"""A certificate to try things on."""

from tongban.credentials import SigningKey, issue

ISSUER, TYPE, LIST, NOW = (
    "https://city.example",
    "https://city.example/food",
    "https://city.example/status/1",
    1_800_000_000,
)
KEY, HOLDER, STRANGER = SigningKey.generate("2026"), SigningKey.generate(), SigningKey.generate("2026")
KEYS = {ISSUER: [KEY.public]}
CLAIMS = {
    "name": "李明",
    "born": "1960-05-01",
    "over_60": True,
    "address": {"county": "雁塔区", "street": "小寨路"},
    "kinds": ["热食", "冷食", "糕点"],
}


def certificate(**more):
    given = {
        "type": TYPE,
        "issuer": ISSUER,
        "key": KEY,
        "issued_at": NOW,
        "expires_at": NOW + 1000,
        "holder": HOLDER.public,
    }
    return issue(more.pop("claims", CLAIMS), **{**given, **more})
