"""Names that are worth imitating, for the official who looks at a report: public offices, banks, big shops. Advice
alone; no rule asks it. More come with the deployment's own list of protected names.
"""

from __future__ import annotations

from functools import lru_cache

from tongban.webaddr import Protected

KNOWN = (
    ("icbc.com.cn", "icbc", "工商银行", "工行"),
    ("ccb.com", "ccb", "建设银行", "建行"),
    ("abchina.com", "abchina", "农业银行"),
    ("boc.cn", "boc", "中国银行"),
    ("bankcomm.com", "bankcomm", "交通银行"),
    ("psbc.com", "psbc", "邮储银行"),
    ("cmbchina.com", "cmbchina", "招商银行"),
    ("alipay.com", "alipay", "支付宝"),
    ("weixin.qq.com", "weixin", "微信"),
    ("taobao.com", "taobao", "淘宝"),
    ("jd.com", "jingdong", "京东"),
    ("pinduoduo.com", "pinduoduo", "拼多多"),
    ("12306.cn", "12306", "铁路"),
    ("chinatax.gov.cn", "chinatax", "税务"),
    ("12123.com", "12123", "交管"),
    ("gjzwfw.gov.cn", "gjzwfw", "政务服务"),
    ("shaanxi.gov.cn", "shaanxi", "陕西"),
    ("12333.gov.cn", "12333", "社保"),
    ("10086.cn", "10086", "中国移动"),
    ("189.cn", "189", "中国电信"),
    ("10010.com", "10010", "中国联通"),
)


@lru_cache(maxsize=1)
def protected_brands() -> tuple[Protected, ...]:
    """The names with the brands that people know them by."""
    return tuple(Protected(name, tuple(brands)) for name, *brands in KNOWN)
