"""Why a certificate is not accepted, in words for whoever checks it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tongban.cases.inputs.one import Words

REASONS: dict[str, Words] = {
    "malformed": _("这不是一张完整的电子证照。请用原来的文件、完整的文字，或者把二维码拍清楚些。"),
    "too_large": _("内容太长，不是电子证照。"),
    "algorithm": _("签名用的算法不对，不是按规定签发的证照。"),
    "type": _("这不是电子证照，是另一种签名文件。"),
    "unknown_issuer": _("签发者不是本平台的单位，本平台没有它的公钥，不能确认真假。"),
    "signature": _("签名不对：不是这个单位签发的，或者签发以后被改动过。"),
    "disclosure": _("出示的内容不属于这张证照，或者被改动过。"),
    "not_yet_valid": _("这张证照还没有生效。"),
    "expired": _("已经过期：证照到期了，或者屏幕上的二维码超过了时间。请对方重新出示。"),
    "holder": _("出示的人没有证明证照是自己的。"),
    "status_unknown": _("没有查到它是不是被撤销了。"),
    "revoked": _("这张证照已被撤销，不再有效。"),
    "suspended": _("这张证照已被暂停，现在无效。"),
    "replaced": _("这张证照是真的，但已经换发新证。请对方出示新证。"),
}
