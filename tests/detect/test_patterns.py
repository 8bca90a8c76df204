"""What only words around it tell: each type with what is one and what nearly is, and a department's own rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.detect.making import found
from tongban.detect import rules, scan_text
from tongban.detect.findings import kinds
from tongban.detect.patterns import PATTERNS, find_patterns, narrow

ARE = [
    ("qq", "QQ：123456789", "123456789"), ("qq", "扣扣号10001234", "10001234"),
    ("wechat", "微信号 wang_12345", "wang_12345"), ("wechat", "加我vx：abc_de123", "abc_de123"),
    ("passport", "护照号码：E12345678", "E12345678"), ("passport", "護照 G12345678。", "G12345678"),
    ("travel_permit", "港澳通行证C12345678", "C12345678"),
    ("travel_permit", "台胞证：12345678", "12345678"), ("mac", "00:1A:2b:3C:4d:5E", "00:1A:2b:3C:4d:5E"),
    ("mac", "设备00-1A-2B-3C-4D-5E在线", "00-1A-2B-3C-4D-5E"),
    ("ipv6", "2001:db8:85a3:0:0:8a2e:370:7334", "2001:db8:85a3:0:0:8a2e:370:7334"),
    ("birth_date", "出生日期：1990-01-02", "1990-01-02"), ("birth_date", "生日是1990年1月2日", "1990年1月2日"),
    ("birth_date", "1990年1月2日出生", "1990年1月2日"), ("birth_date", "DOB 19900102", "19900102"),
    ("ssn", "SSN: 123-45-6789", "123-45-6789"),
    ("secret_key", "AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE"),
    ("secret_key", "LTAI5tAbCdEfGh12345678", "LTAI5tAbCdEfGh12345678"),
    ("secret_key", "ghp_" + "a1B2" * 9, "ghp_" + "a1B2" * 9),
    ("secret_key", "sk-proj-" + "Ab1_" * 8, "sk-proj-" + "Ab1_" * 8),
    ("secret_key", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmN",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmN"),
    ("password", 'password = "Tr0ub4dor&3"', "Tr0ub4dor&3"), ("password", "密码：Hunter2024", "Hunter2024"),
    ("password", "DB_PASSWORD=s3cr3tvalue", "s3cr3tvalue"),
    ("password", "postgres://app:p4ssw0rd!@db.local/x", "p4ssw0rd!"),
    ("medical", "诊断为急性阑尾炎，已手术", "急性阑尾炎"), ("medical", "他有糖尿病", "糖尿病"),
    ("financial", "月薪12,000元", "12,000元"), ("financial", "账户余额为¥3500.50元", "¥3500.50元"),
    ("religion", "信仰：佛教", "佛教"), ("religion", "他是穆斯林", "穆斯林"),
    ("whereabouts", "坐标：34.123456,108.987654", "34.123456,108.987654"),
    ("specific_identity", "刑满释放人员", "刑满释放人员"),
    ("mac", "MAC地址:6C-1D-EB-0A-92-3F", "6C-1D-EB-0A-92-3F"), ("mac", "mac:6c:1d:eb:0a:92:3f", "6c:1d:eb:0a:92:3f"),
    ("mac", "interface vlan10, 6c1d.eb0a.923f dynamic", "6c1d.eb0a.923f"),
    ("ipv6", "IPv6地址:2409:8a70:3c1e:5f20:1:2:3:4b", "2409:8a70:3c1e:5f20:1:2:3:4b"),
    ("ipv6", "IPv6:2409:8a70::7", "2409:8a70::7"), ("ipv6", "网关 fe80::1f", "fe80::1f"),
    ("passport", "持E70612345号因私护照出境", "E70612345"), ("imei", "串号:010932047715836", "010932047715836"),
    ("imei", "IMEI1:01-093204-771583-6", "01-093204-771583-6"),
    ("birth_date", "出生年月:1987.04，", "1987.04"), ("birth_date", "出生年月 198704", "198704"),
    ("birth_date", "DOB: 09/23/1971", "09/23/1971"), ("birth_date", "She was born on March 8, 1966.", "March 8, 1966"),
    ("birth_date", "date of birth is 8 Mar 1966", "8 Mar 1966"),
    ("phone", "+1 (617) 204-5538", "+1 (617) 204-5538"), ("phone", "(617) 204-5538", "(617) 204-5538"),
    ("phone", "call 617-204-5538 now", "617-204-5538"), ("phone", "my phone is 6172045538", "6172045538"),
    ("phone", "617.204.5538 fax", "617.204.5538"),
    ("phone", "电话0913-2261407-803", "0913-2261407-803"), ("phone", "电话(029)86214075转8012", "(029)86214075转8012"),
    ("phone", "电话0913-2261407、2261408", "2261408"),
    ("ssn", "my ssn is 219-84-3306", "219-84-3306"), ("ssn", "social security number 219843306", "219843306"),
    ("secret_key", "sk_live_" + "a1B2" * 6, "sk_live_" + "a1B2" * 6),
    ("secret_key", "npm_" + "a1B2" * 9, "npm_" + "a1B2" * 9),
    ("secret_key", "https://hooks.slack.com/services/T01ABCDEF/B01ABCDEF/" + "a1B2" * 6,
        "T01ABCDEF/B01ABCDEF/" + "a1B2" * 6),
    ("secret_key", "AccountName=a;AccountKey=" + "a1B2" * 20 + "==", "a1B2" * 20 + "=="),
    ("secret_key", "Authorization: Bearer " + "tok_9x" * 5, "tok_9x" * 5),
    ("secret_key", "81234567:AA" + "b3C" * 11, "81234567:AA" + "b3C" * 11),
    ("password", "WiFi密码 Lantian2031", "Lantian2031"), ("password", "redis://:p4ssw0rd!@cache/0", "p4ssw0rd!"),
    ("password", "<password>Lantian2031</password>", "Lantian2031"),
    ("password", "run --password Lantian2031", "Lantian2031"),
    ("qq", "联系QQ:3141592", "3141592"), ("wechat", "微信id:wang_12345", "wang_12345"),
    ("phone", "call 617-204-5538 or 617-204-5539", "617-204-5539"), ("mobile", "tel%3D18291410736&t=1", "18291410736"),
    ("birth_date", "赵明，男，1966年3月8日生，汉族", "1966年3月8日"),
    ("birth_date", "一九六六年三月八日出生", "一九六六年三月八日"),
    ("birth_date", "生日是十二月二十五日", "十二月二十五日"), ("birth_date", "生日是66年3月", "66年3月"),
    ("password", "账号guan 密码Lantian2031", "Lantian2031"),
    ("private_key", "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----"),
]  # fmt: skip
ARE_NOT = [
    ("qq", "QQ群123456789"), ("qq", "123456789"), ("qq", "QQ 11111111"), ("qq", "qq012345"), ("wechat", "微信支付"),
    ("wechat", "boxvx12345678x"), ("passport", "E12345678"), ("passport", "护照办理需要3天"),
    ("travel_permit", "C12345678"), ("travel_permit", "通行证照片尺寸33x48"), ("mac", "00:1A:2B:3C:4D"),
    ("mac", "00:00:00:00:00:00"), ("mac", "12:30:45"), ("ipv6", "12:30:45"), ("ipv6", "std::vector"),
    ("birth_date", "成立于1990年1月2日"), ("birth_date", "出生日期：1990-13-02"), ("ssn", "123-45-6789"),
    ("ssn", "SSN 000-12-3456"), ("ssn", "SSN 666-12-3456"), ("secret_key", "AKIAIOSFODNN"),
    ("secret_key", "asia-pacific-region-name"), ("secret_key", "task-list-of-all-open-things-here"),
    ("password", "password = ${DB_PASSWORD}"), ("password", "password: ********"), ("password", "忘记密码请点击这里"),
    ("password", "password=changeme"), ("password", "https://example.com:8080/a@b"), ("medical", "诊断仪器三台"),
    ("financial", "路灯12000元"), ("financial", "工资条"), ("religion", "佛教协会"),
    ("mac", "6c:1d:eb:0a:92:3f:00:17"), ("mac", "6c1d.eb0a.923f"), ("ipv6", "add::face"),
    ("ipv6", "6c:1d:eb:0a:92:3f:00:17"), ("birth_date", "事故发生于2013年5月17日"),
    ("birth_date", "2013年9月1日-2014年8月31日出生的儿童"), ("birth_date", "出生年月 见附件1987.04"),
    ("birth_date", "1966年3月8日生效"), ("birth_date", "出生三十天内"),
    ("imei", "串号:010932047715834"), ("imei", "010932047715836"), ("phone", "order 617-204-5538-2"),
    ("phone", "617-204-5538"), ("phone", "U+30000020"), ("ssn", "ssn 219-84-0000"), ("passport", "E70612345号文件"),
    ("password", "password = get_password(user)"), ("password", "key_password = key_password"),
    ("password", 'f"password={password!r}"'), ("password", "token = request.headers"), ("password", "密码8-16位"),
    ("password", "密码SHA256加密"), ("secret_key", "bearer of good news to everybody"),
    ("whereabouts", "34.123456,108.987654"), ("whereabouts", "位置：3楼"),
    ("private_key", "-----BEGIN PUBLIC KEY-----"), ("iban", "GB82 WEST 1234 5698 7654 33"),
    ("iban", "AB12CD34EF56GH78"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "value"), ARE)
def test_it_is_one(kind, text, value):
    assert value in found(text, kind)


@pytest.mark.parametrize(("kind", "text", "value"), [row for row in ARE if row[0] not in ("private_key", "secret_key")])
def test_it_is_one_in_full_width_too(kind, text, value):
    wide = "".join(chr(ord(c) + 0xFEE0) if c in "0123456789:=" else c for c in text)
    assert any(narrow(hit) == narrow(value) for hit in found(wide, kind))


@pytest.mark.parametrize(("kind", "text"), ARE_NOT)
def test_it_is_none(kind, text):
    assert found(text, kind) == []


def test_every_pattern_is_tried_here_and_has_a_type_with_a_name():
    assert {pattern.type for pattern in PATTERNS} - {kind for kind, _text, _value in ARE} == {"iban"}
    assert {pattern.type for pattern in PATTERNS} <= set(kinds())


def test_an_anchor_never_hides_what_its_pattern_finds():
    for kind, text, value in ARE:
        for pattern in PATTERNS:
            if pattern.type == kind and any(text[f.start : f.end] == value for f in pattern.find(narrow(text))):
                assert any(f.type == kind for f in find_patterns(text, (pattern,)))


# A department's own rules.

GOOD = """
[staff_number]
zh = "工号"
pattern = "XA[0-9]{6}"
anchors = ["XA"]
columns = ["工号"]
level = "general-2"
matches = ["工号XA123456"]
ignores = ["XA12"]
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "rules.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_good_rule_finds(tmp_path):
    mine = rules.load(written(tmp_path, GOOD))
    assert (mine.names, mine.levels, mine.columns) == (
        {"staff_number": "工号"},
        {"staff_number": "general-2"},
        {"staff_number": ("工号",)},
    )
    text = "请找xa 工号XA654321"
    assert [
        text[f.start : f.end] for f in scan_text(text, patterns=PATTERNS + mine.patterns) if f.type == "staff_number"
    ] == ["XA654321"]


@pytest.mark.parametrize(("text", "words"), [
    ("[Bad-Name]\npattern='x'", "名称只能用小写字母"), ("[mobile]\npattern='x'", "与内置类型重名"),
    ("[a1]\nzh='x'", "缺少 pattern"), ("a1 = 3", "缺少 pattern"), ("[a1]\npattern=''", "缺少 pattern"),
    ("[a1]\npattern='x'\nlevle='core'", "不认识的项：levle"), ("[a1]\npattern='x'\nlevel='secret'", "level 应为"),
    ("[a1]\npattern='x'\ncheck='md5'", "check 应为"),
    ("[a1]\npattern='x'\ncheck=['luhn']", "check 应为"),
    ("[a1]\npattern='x'\nmatches='x'", "应为字符串的列表：matches"),
    ("[a1]\npattern='x'\nanchors=[1]", "应为字符串的列表：anchors"),
    ("[a1]\npattern='x'\nconfidence=2", "confidence 应在"), ("[a1]\npattern='x'\nconfidence='high'", "confidence 应在"),
    ("[a1]\npattern='(x'", "不是有效的正则表达式"),
    ("[a1]\npattern='x{99999999999999}'", "不是有效的正则表达式"), ("[a1]\npattern='x*'", "能匹配空文字"),
    ("[a1]\npattern='x'\nmatches=['x']", "至少要有一个例子：ignores"),
    ("[a1]\npattern='x'\nignores=['y']", "至少要有一个例子：matches"),
    ("[a1]\npattern='xy'\nmatches=['x']\nignores=['z']", "应当匹配却没有匹配：x"),
    ("[a1]\npattern='x'\nmatches=['x']\nignores=['xx']", "不应匹配却匹配了：xx"), ("[a1", "不是有效的 TOML"),
    ("[a1]\npattern='[0-9]{16}'\ncheck='luhn'\nmatches=['1234567890123456']\nignores=['1']", "应当匹配却没有匹配"),
])  # fmt: skip
def test_what_is_wrong_with_a_rule_is_said_in_words(tmp_path, text, words):
    with pytest.raises(rules.RuleError, match=words):
        rules.load(written(tmp_path, text))


def test_a_file_that_cannot_be_read_is_said_in_words(tmp_path):
    with pytest.raises(rules.RuleError, match="无法读取"):
        rules.load(tmp_path / "none.toml")
    (tmp_path / "gb.toml").write_bytes("[工]".encode("gbk"))
    with pytest.raises(rules.RuleError, match="无法读取"):
        rules.load(tmp_path / "gb.toml")


@pytest.mark.parametrize(
    ("pattern", "match"), [("(a+)+$", "a"), ("(x+x+)+y", "xxy"), ("(号|号号)+完", "号完"), ("([0-9]+)*!", "1!")]
)
def test_an_expression_that_takes_for_ever_is_refused(tmp_path, pattern, match):
    text = f"[slow]\npattern='{pattern}'\nmatches=['{match}']\nignores=['-']"
    with pytest.raises(rules.RuleError, match="太慢|空文字"):
        rules.load(written(tmp_path, text))


def test_a_group_named_value_that_took_no_part_leaves_the_whole_match(tmp_path):
    mine = rules.load(written(tmp_path, "[a1]\npattern='(?P<value>K1)?B7'\nmatches=['B7']\nignores=['K1']"))
    assert [(f.start, f.end) for f in find_patterns("xB7 K1B7", mine.patterns)] == [(1, 3), (4, 6)]
