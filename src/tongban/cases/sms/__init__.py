"""Text messages: what is sent, and who sends it for this deployment (`TONGBAN_SMS`).

`gateways` has what they share and chooses, `aliyun` and `tencent` speak to the two vendors over HTTPS. When something
is sent, and again on failure: `cases/notices.py`.
"""

from .gateways import PARAMETERS, ConsoleSms, Message, NotSent, SmsGateway, gateway, missing

__all__ = ["PARAMETERS", "ConsoleSms", "Message", "NotSent", "SmsGateway", "gateway", "missing"]
