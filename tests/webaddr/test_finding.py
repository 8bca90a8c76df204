"""Addresses are found in what people paste: messages between Chinese words, defanged reports, sentences with stops."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.webaddr import found_in


@pytest.mark.parametrize(
    ("text", "hrefs"),
    [
        ("【银行】您的账户异常，请点击http://abc.com/x领取", ["http://abc.com/x"]),
        ("登录 www.icbc-x.com 即可", ["http://www.icbc-x.com/"]),
        ("中国银行.com领取奖金", ["http://xn--fiqs8s856bruk.com/"]),
        ("网址：evil.com。谢谢", ["http://evil.com/"]),
        ("(see http://a.com/b(c)).", ["http://a.com/b(c)"]),
        (
            "hxxp://evil[.]com/p, http://x.cn；另外evil2[.]top",
            ["http://evil.com/p", "http://x.cn/", "http://evil2.top/"],
        ),
        ("请访问evil.top/a?b=1，然后", ["http://evil.top/a?b=1"]),
        ("打开 http://1.2.3.4:8080/x 下载", ["http://1.2.3.4:8080/x"]),
        ("邮箱 someone@example.com，版本 3.5，第 1.2 节", []),
        ("https://例子.公司.cn/路径/二", ["https://xn--fsqu00a.xn--55qx5d.cn/%E8%B7%AF%E5%BE%84/%E4%BA%8C"]),
        ("没有网址", []),
        ("", []),
    ],
)
def test_what_is_found(text, hrefs):
    found = found_in(text)
    assert [one.address.href for one in found] == hrefs
    assert all(text[one.start : one.end].strip() for one in found)


@given(st.text(max_size=200))
def test_places_are_in_order_and_do_not_overlap(text):
    end = 0
    for one in found_in(text):
        assert end <= one.start < one.end <= len(text)
        end = one.end


@given(
    st.sampled_from(["请看", "，", "（", " ", "\n", "网址："]), st.sampled_from(["，谢谢", "。", "）", " ", "\n", "！"])
)
def test_signs_around_an_address_are_not_of_it(before, after):
    [one] = found_in(f"{before}https://pay.evil-shop.top/a/b?c=1{after}")
    assert one.address.href == "https://pay.evil-shop.top/a/b?c=1"
