"""Names and doors by surname, title and wording alone: what is masked even where the model of `people` is not loaded.

Names are found in context only (a title, 我叫, 姓名, 联系人 …); doors by 号楼, 单元, 室 and the like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .findings import Finding

SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤"
    "花方俞任袁柳鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米"
    "贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支"
    "柯昝管卢莫经房裘缪干解应宗丁宣邓郁单杭洪包诸左石崔吉钮龚程邢裴陆荣翁荀羊惠甄曲家封芮羿储靳汲邴糜松井段富巫乌"
    "焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴甘厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖"
    "卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍璩桑桂濮牛寿通边扈燕冀郏浦尚农温别庄晏柴瞿阎充慕连茹习"
    "宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧殳沃利蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾毋"
    "沙乜养鞠须丰巢关蒯相查后荆红游竺权逯盖益桓公付肖"
)
_TITLE = "先生|女士|小姐|老师|师傅|同志|医生|大夫|阿姨|大爷|大妈|叔叔|经理|老板|队长|所长|主任|科长|局长|书记|校长|院长"
_TITLED = re.compile(
    rf"(?<![一-鿿])([{SURNAMES}][一-鿿]{{1,2}}?)(?={_TITLE})|(?<=[，。；：、,.;:（( “\"])"
    rf"([{SURNAMES}][一-鿿]{{0,2}}?)(?={_TITLE})"
)
_NAMED = re.compile(
    r"(?:我叫|本人叫|姓名|我是|联系人|本人姓名|业主|居民|村民|叫做|名叫)(?:是|为|:|：|"
    rf"\s)*([{SURNAMES}][一-鿿]{{1,2}})(?=[，。；、,.;:：（(）)\s\d]|$)"
)
_SIGNED = re.compile(rf"(?:^|\n)\s*([{SURNAMES}][一-鿿]{{1,2}})\s*(?=$|\n)")
_DOOR = re.compile(
    r"(?:[0-9一二三四五六七八九十百]{1,5}\s?(?:号楼|栋|幢|座|单元|"
    r"号院)[、,，\s-]{0,2}){1,3}(?:[0-9A-Za-z一二三四五六七八九十]{1,6}\s?(?:室|号房|房|户|号|层|楼)?)?|"
    r"(?<=[路街巷道村组里弄])[0-9一二三四五六七八九十百]{1,5}号(?:院|楼)?(?:[0-9一二三四五六七八九十]{1,5}(?:室|房|"
    r"单元|楼|层))*"
)
_HINT = re.compile(rf"我叫|姓名|我是|联系人|业主|居民|村民|名叫|叫做|{_TITLE}|[栋幢楼单座]|元|号|室|\n")

_NO_NAMES = frozenset(
    [
        "谢谢",
        "多谢",
        "何时",
        "何故",
        "安全",
        "高度",
        "方便",
        "高兴",
        "万分",
        "和谐",
        "明天",
        "左右",
        "常常",
        "时间",
        "白天",
        "黄金",
        "应该",
        "都是",
        "那么",
        "那里",
        "经济",
        "许多",
        "向前",
        "于是",
        "全部",
        "宣传",
        "成都",
        "安康",
        "金华",
    ]
)


def find_people_basic(text: str) -> Iterator[Finding]:
    """Names and doors in half-width text; may overlap."""
    if not _HINT.search(text):
        return
    for pattern, why in ((_TITLED, "姓氏和称谓"), (_NAMED, "姓名的上下文"), (_SIGNED, "单独成行的署名")):
        for match in pattern.finditer(text):
            group = next((i for i in range(1, (match.lastindex or 0) + 1) if match.group(i)), 0)
            if match.end(group) > match.start(group) and match.group(group) not in _NO_NAMES:
                yield Finding("name", match.start(group), match.end(group), 0.7, why)
    yield from find_doors(text)


def find_doors(text: str) -> Iterator[Finding]:
    """House numbers, blocks, units and rooms."""
    for match in _DOOR.finditer(text):
        if match.end() > match.start():
            yield Finding("door", match.start(), match.end(), 0.7, "门牌、楼栋或房号")
