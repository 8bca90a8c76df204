"""A name that looks like a protected one is told with the reason; the protected names
themselves and strangers are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.webaddr import Protected, lookalikes, parse
from tongban.webaddr.lookalikes import one_letter_off

PROTECTED = [
    Protected("icbc.com.cn", ("icbc", "工商银行", "工行")),
    Protected("alipay.com", ("支付宝",)),
    Protected("12306.cn"),
    Protected("microsoft.com"),
]


@pytest.mark.parametrize(
    ("text", "name", "why"),
    [
        ("lcbc.com.cn", "icbc.com.cn", "drawn_alike"),
        ("аlipay.com", "alipay.com", "drawn_alike"),
        ("a1ipay.net", "alipay.com", "drawn_alike"),
        ("rnicrosoft.com", "microsoft.com", "drawn_alike"),
        ("alipa.com", "alipay.com", "one_letter_off"),
        ("aliapy.com", "alipay.com", "one_letter_off"),
        ("icbc-login.top", "icbc.com.cn", "brand_inside"),
        ("中国工商银行.com", "icbc.com.cn", "brand_inside"),
        ("支付宝客服.top", "alipay.com", "brand_inside"),
        ("www.icbc.com.cn.evil.top", "icbc.com.cn", "brand_in_subdomain"),
        ("12306.top", "12306.cn", "other_suffix"),
    ],
)
def test_what_looks_like_what(text, name, why):
    assert (name, why) in [(one.protected.name, one.why) for one in lookalikes(parse(text), PROTECTED)]


@pytest.mark.parametrize("text", ["icbc.com.cn", "www.icbc.com.cn", "weather.com", "1.2.3.4", "com.cn", "shop.example"])
def test_what_looks_like_nothing(text):
    assert lookalikes(parse(f"http://{text}/"), PROTECTED) == []


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_one_letter_off_is_the_distance_of_damerau_and_levenshtein(one, other):
    assert one_letter_off(one, other) == (_distance(one, other) == 1)


def _distance(one, other):
    rows = [[i + j if not i * j else 0 for j in range(len(other) + 1)] for i in range(len(one) + 1)]
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (one[i - 1] != other[j - 1]))
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
    return rows[-1][-1]
