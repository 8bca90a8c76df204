"""Certificates that anybody can verify offline: SD-JWT VC, token status lists, and CWT in a QR code for paper.

A library of its own: no Django, no network. One signature algorithm (ES256), one hash (SHA-256); everything else is
refused. Not for deciding who gets a certificate, and not for keeping keys.

    >>> key = SigningKey.generate("2026")
    >>> city = "https://city.example"
    >>> made = issue({"name": "李明"}, type=f"{city}/food", issuer=city, key=key, issued_at=0)
    >>> verify(made, keys={city: [key.public]}, now=0).claims["name"]
    '李明'
"""

from .errors import Refused
from .key_proof import KeyProof, read_key_proof
from .keys import PublicKey, SigningKey
from .paper import from_paper, to_paper
from .presenting import present
from .sdjwt import NEVER_HIDDEN, issue
from .status import StatusList, read_status_list, status_list
from .status_cwt import read_status_list_cwt, status_list_cwt
from .verifying import Verified, verify

__all__ = [
    "NEVER_HIDDEN", "KeyProof", "PublicKey", "Refused", "SigningKey", "StatusList", "Verified", "from_paper", "issue",
    "present", "read_key_proof", "read_status_list", "read_status_list_cwt", "status_list", "status_list_cwt",
    "to_paper", "verify",
]  # fmt: skip
