"""Invented sentences for training_people.py: letters, forms, addresses with doors, modern news, sport, business.

Every slot is filled at random and is its own label: {P} a Chinese person, {F} a foreign person, {L} a place, {A} an address
with doors, {R} a road, estate or village, {O} an organisation of any kind, {G} a government body, {C} a club or team, {B} a
brand or company. {W} a work's or product's name, {N} a number, {D} a day: these three are no findings. Nothing here is
taken from a real letter. Not used at run time.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

Labelled = tuple[str, list[tuple[int, int, int]]]
"""A sentence and its spans (start, end, type 0–2)."""

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来嵺苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都巩稽井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应台巫鞠僧桑荆谌银扬明沙伏岑习胥保和蔺"
DOUBLE = ("欧阳", "上官", "司马", "诸葛", "司徒", "慕容", "夏侯", "皇甫", "尉迟", "东方", "令狐", "端木", "公孙", "长孙")
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰萍红建国志文斌宇浩然子涵轩梓欣怡佳琪雨晨思思嘉豪俊博泽一诺晓东海波鹏飞龙凤春梅雪莲辉林峰岩松柏云天祥瑞宁安康健永福贵富荣昌盛德仁义礼智信忠孝廉洁清正光亮照耀星月辰阳阴雷电风霜露冰寒雅琴诗画书墨香兰竹菊荷玲珑珍珠宝玺金银铜铁钢石坚毅恒远航舟帆江河湖泉源溪润泽恩慧聪颖睿哲彦俊杰雄英豪威武震乾坤元亨利贞彤丹青紫蓝倩婷婕妍娇媛嫣然依伊可心怀念慈悦乐欢喜庆贺学勤奋斗进步新兴立成功全胜凯旋传继承祖先根苗长生寿延年世代万千百双仲伯叔季小大中少宗炳权振民卫保家和谦虚若水善上品格高尚"
SUFFIXES = ("有限公司", "股份有限公司", "集团", "科技有限公司", "房地产开发有限公司", "物业管理有限公司", "建筑工程有限公司", "实业有限公司", "公司", "置业有限公司", "药业", "控股", "证券", "基金", "传媒", "文化传播公司", "物业公司", "物业")
BUREAUS = ("公安局", "教育局", "住房和城乡建设局", "住建局", "城管局", "交通局", "交通运输局", "人社局", "人力资源和社会保障局", "环保局", "生态环境局", "民政局", "卫健委", "卫生健康委员会", "市场监管局", "工商局", "税务局", "规划局", "国土资源局", "水务局", "人民政府", "政府", "人民法院", "人民检察院", "财政局", "农业局", "发改委", "公积金管理中心", "房管局", "信访局", "交警大队", "司法局", "纪委", "委宣传部", "城管执法大队", "不动产登记中心", "医保局", "文化和旅游局", "公安局交警支队", "疾控中心")
INSTITUTES = ("大学", "师范大学", "理工大学", "第一中学", "实验小学", "人民医院", "中心医院", "第二人民医院", "职业技术学院", "日报社", "电视台", "图书馆", "博物馆", "农业大学", "财经大学", "医学院", "中级人民法院", "足协", "律师协会", "消费者协会", "红十字会", "供电公司", "自来水公司", "公交公司", "地铁公司", "幼儿园", "外国语学校")
BRANDS = "腾讯 阿里巴巴 百度 京东 华为 小米 联想 网易 新浪 搜狐 盛大 完美世界 巨人网络 暴雪 暴雪娱乐 育碧 索尼 微软 苹果公司 谷歌 脸书 亚马逊 英特尔 三星 三星电子 任天堂 诺基亚 摩托罗拉 高通 IBM 通用汽车 福特 丰田 本田 大众汽车 宝马 奔驰 比亚迪 吉利 万科 恒大 碧桂园 保利地产 绿地集团 中海地产 龙湖 华润置地 招商银行 工商银行 中国银行 建设银行 农业银行 交通银行 中信证券 中金公司 高盛 摩根士丹利 摩根大通 花旗银行 汇丰银行 瑞银 德意志银行 雷曼兄弟 中国移动 中国联通 中国电信 中石油 中石化 国家电网 中国平安 中国人寿 伊利 蒙牛 三鹿集团 茅台 五粮液 格力电器 美的 海尔 国美电器 苏宁 富士康 台积电 字节跳动 美团 滴滴出行 拼多多 网龙 金山 久游网 九城 动视 EA 卡普空 科乐美 世嘉 华纳兄弟 迪士尼 派拉蒙 二十世纪福克斯 华谊兄弟 光线传媒 中影集团 博纳影业 寰亚 顺丰速运 圆通 中通快递 东方航空 南方航空 国航 空客 波音 壳牌 埃克森美孚 必和必拓 力拓 新东方 环球雅思 启德教育 太平洋保险 泰康人寿 嘉实基金 华夏基金 易方达 南方基金 博时基金 中国石油 大唐发电 神华集团 宝钢 鞍钢 首钢集团".split()
BODIES = "联合国 欧盟 世贸组织 世界银行 国际货币基金组织 世界卫生组织 北约 国务院 外交部 商务部 财政部 教育部 公安部 国防部 国家发改委 发改委 证监会 银监会 保监会 央行 中国人民银行 国家统计局 最高人民法院 全国人大 全国政协 中央纪委 新闻出版总署 广电总局 文化部 工信部 卫生部 住建部 国土资源部 环保部 国资委 国家旅游局 铁道部 交通运输部 民航局 国家税务总局 白宫 五角大楼 美国国务院 美国国防部 美联储 美国国会 欧洲央行 日本银行 俄罗斯国防部 英国议会 韩国国防部 联合国安理会 国际奥委会 国际足联 中国足协 欧足联 亚足联 国际田联 国家体育总局 中国篮协 塔利班 哈马斯 基地组织 共和党 民主党 工党 自民党 国民党 民进党 新华社 中新社 路透社 法新社 美联社 共同社 央视 凤凰卫视 人民日报 南方都市报 华尔街日报 纽约时报 每日邮报 太阳报 泰晤士报 新京报 北京晚报 广州日报 环球时报 BBC CNN 哈佛大学 耶鲁大学 剑桥大学 牛津大学 斯坦福大学 麻省理工学院 清华大学 北京大学 复旦大学 中国社科院 中科院 中国科学院 解放军 美国空军 俄罗斯空军 国民警卫队 南方医院 协和医院".split()
CLUBS = "阿森纳 曼联 曼城 切尔西 利物浦 热刺 埃弗顿 阿斯顿维拉 纽卡斯尔 皇马 皇家马德里 巴萨 巴塞罗那 马竞 瓦伦西亚 塞维利亚 比利亚雷亚尔 国际米兰 AC米兰 尤文图斯 罗马 拉齐奥 那不勒斯 佛罗伦萨 桑普多利亚 热那亚 锡耶纳 乌迪内斯 亚特兰大 拜仁 拜仁慕尼黑 多特蒙德 沙尔克04 云达不来梅 沃尔夫斯堡 勒沃库森 里昂 马赛 波尔多 巴黎圣日耳曼 摩纳哥 波尔图 本菲卡 阿贾克斯 埃因霍温 湖人 凯尔特人 火箭 火箭队 湖人队 热火队 骑士队 马刺 公牛队 掘金 勇士 太阳队 尼克斯 开拓者 爵士队 北京国安 国安 上海申花 申花 山东鲁能 鲁能 广州恒大 恒大 天津泰达 泰达 大连实德 长春亚泰 江苏舜天 河南建业 陕西宝荣浐灞 广东宏远 八一 新疆广汇 浙江广厦 国足 中国女排 中国队 日本队 韩国队 巴西队 阿根廷队 德国队 英格兰队 西班牙队 意大利队 葡萄牙队 荷兰队 法国队 朝鲜队 澳大利亚队 英格兰国家队 法拉利车队 迈凯轮 红牛车队 雷诺车队 皇家社会 毕尔巴鄂 西汉姆联 桑德兰 富勒姆 博尔顿 斯托克城 汉堡 斯图加特 门兴 科隆 AG超玩会 EDG RNG SKT WE IG".split()
WORKS = "魔兽世界 英雄联盟 星际争霸 穿越火线 地下城与勇士 使命召唤 刺客信条 植物大战僵尸 反恐精英 王者荣耀 阿凡达 变形金刚 唐山大地震 让子弹飞 哈利波特 加勒比海盗 士兵突击 红楼梦 三国演义 西游记 非诚勿扰 赤壁 梅兰芳 画皮 建国大业 潜伏 蜗居 生化危机 仙剑奇侠传 诛仙 征途 梦幻西游 大话西游 劲舞团 极品飞车 实况足球 最终幻想 暗黑破坏神 iPhone iPad 安卓 微信 微博 支付宝 淘宝网 蓝宝石 凯美瑞 雅阁 帕萨特 高尔夫 奥迪A6 速腾 沪深300 道琼斯 纳斯达克 恒生指数 四级 六级 雅思 托福 GRE 公务员考试 国考 甲型H1N1 非典".split()
ROADS = "人民 建设 解放 中山 建国 长安 和平 胜利 新华 文化 北京 上海 南京 朝阳 光明 滨河 迎宾 友谊 幸福 长江 黄河 太白 未央 高新 科技 大学 学府 五一 八一 韶山 芙蓉 劳动 车站 桃园 东风 红旗 团结 民主 民族 振兴 兴业 金水 花园 翠华 雁塔 含光 凤城 丰庆 大寨 咸宁 互助 劳动 沣惠 昆明 锦业 万寿 华清 纬一 纬十 经九 文艺 体育馆 小寨 丈八 电子 太乙 友爱".split()
ESTATES = "阳光 金色 翡翠 锦绣 紫薇 紫荆 龙湖 万科 恒大 碧桂园 绿地 保利 中海 融创 世纪 水岸 山水 东方 盛世 御景 豪庭 曲江 金地 华润 首创 天地源 枫林 莱茵 蓝山 香榭 公园 幸福 和谐 兴隆 安居 富力 逸翠 凤凰 雅居乐 湘江".split()
ESTATE_ENDS = "小区 花园 家园 花城 新城 城 国际 苑 名苑 华府 公寓 庭院 佳苑 嘉园 首府 绿洲 广场 大厦 新村 小镇 社区 一期 二期 三期 东区 里 郡".split()
VILLAGES = "王家 李家 张家 刘家 赵家 石桥 柳树 大河 上庄 下庄 南沟 北沟 东岭 西坡 白杨 红星 新民 胜利 前进 双河 龙泉 清水 三合 太平 永丰 黄土 马家 杨树 高桥 青山".split()


@dataclass
class Slots:
    """What the slots are filled with: given names, foreign names, places, provinces' trees, and a source of chance."""

    given: list[str]
    foreign: list[str]
    places: list[str]
    tree: dict[str, list[str]]
    people: list[str]
    organisations: list[str]
    chance: random.Random

    def pick(self, kind: str) -> str:
        """Something for the slot."""
        return str(getattr(self, "slot_" + kind)())

    def slot_P(self) -> str:  # noqa: N802
        r = self.chance
        if r.random() < 0.12:
            return r.choice(self.people)
        surname = SURNAMES[min(int(r.expovariate(1 / 45)), len(SURNAMES) - 1)] if r.random() < 0.97 else r.choice(DOUBLE)
        way = r.random()
        if way < 0.55:
            return surname + r.choice(self.given)
        return surname + r.choice(GIVEN) + (r.choice(GIVEN) if way < 0.85 else "")

    def slot_F(self) -> str:  # noqa: N802
        r = self.chance
        way = r.random()
        if way < 0.6:
            return r.choice(self.foreign)
        dot = r.choice("·····•・.")
        return dot.join(r.choice(self.foreign) for _ in range(2 if way < 0.95 else 3))

    def slot_L(self) -> str:  # noqa: N802
        return self.chance.choice(self.places)

    def slot_R(self) -> str:  # noqa: N802
        r = self.chance
        way = r.random()
        if way < 0.4:
            return r.choice(ROADS) + r.choice(["", "", "", "东", "西", "南", "北", "中", "一", "二"]) + r.choice(["路", "路", "路", "大道", "街", "大街", "巷"])
        if way < 0.75:
            return r.choice(ESTATES) + r.choice(["", "", r.choice(ESTATES)]) + r.choice(ESTATE_ENDS)
        return r.choice(VILLAGES) + r.choice(["村", "镇", "乡", "街道", "社区", "庄", "湾", "坪"])

    def door(self) -> str:
        """Number, building, unit, room."""
        r = self.chance
        n = r.randint
        digits = r.choice([0, 0, 0, 1])
        made = r.choice([
            f"{n(1, 300)}号", f"{n(1, 40)}号楼{n(1, 6)}单元{n(1, 33)}0{n(1, 6)}室", f"{n(1, 40)}栋{n(1, 6)}单元{n(101, 2804)}", f"{n(1, 99)}号院{n(1, 20)}号楼",
            f"{n(1, 300)}号{n(1, 30)}幢{n(101, 2804)}室", f"{n(1, 12)}组", f"{n(1, 300)}弄{n(1, 60)}号{n(101, 604)}室", f"{n(1, 40)}栋", f"{n(1, 40)}号楼", f"{n(1, 300)}号附{n(1, 9)}号",
            f"{n(1, 40)}栋{n(101, 2804)}房", f"{r.choice('ABCDEF')}座{n(101, 2804)}室", f"{r.choice('一二三四五六七八九十')}栋{r.choice('一二三')}单元", f"{n(1, 40)}#{n(101, 2804)}",
        ])  # fmt: skip
        return made.translate({48 + d: 0xFF10 + d for d in range(10)}) if digits else made

    def slot_A(self) -> str:  # noqa: N802
        r = self.chance
        head = ""
        if r.random() < 0.75:
            province = r.choice(list(self.tree))
            parts = [province, r.choice(self.tree[province])]
            head = "".join(parts[r.choice([0, 1, 1]) :])
        village = r.random() < 0.25
        body = r.choice(VILLAGES) + r.choice(["镇", "乡", "街道"]) + r.choice(VILLAGES) + "村" if village else self.slot_R()
        if not village and r.random() < 0.2:
            body += self.slot_R()
        return head + body + (self.door() if r.random() < 0.75 else "")

    def slot_G(self) -> str:  # noqa: N802
        r = self.chance
        if r.random() < 0.4:
            return r.choice(BODIES)
        return self.slot_L() + r.choice(BUREAUS)

    def slot_B(self) -> str:  # noqa: N802
        r = self.chance
        if r.random() < 0.5:
            return r.choice(BRANDS)
        core = "".join(r.choice(GIVEN + "鑫源达通利泰宏盛恒丰科创联众汇邦") for _ in range(r.choice([2, 2, 2, 3])))
        return (self.slot_L() if r.random() < 0.5 else "") + core + r.choice(SUFFIXES)

    def slot_C(self) -> str:  # noqa: N802
        return self.chance.choice(CLUBS)

    def slot_O(self) -> str:  # noqa: N802
        r = self.chance
        way = r.random()
        if way < 0.3:
            return self.slot_G()
        if way < 0.55:
            return self.slot_B()
        if way < 0.7:
            return r.choice(self.organisations)
        return self.slot_L() + r.choice(INSTITUTES)

    def slot_W(self) -> str:  # noqa: N802
        return self.chance.choice(WORKS)

    def slot_N(self) -> str:  # noqa: N802
        r = self.chance
        return r.choice([str(r.randint(1, 30)), str(r.randint(1, 9999)), f"{r.random() * 100:.1f}", f"{r.random() * 100:.2f}", r.choice("一二三四五六七八九十")])

    def slot_D(self) -> str:  # noqa: N802
        r = self.chance
        return r.choice([f"{r.randint(1, 12)}月{r.randint(1, 28)}日", f"{r.randint(2003, 2024)}年", f"{r.randint(2003, 2024)}年{r.randint(1, 12)}月", "昨天", "今年", "上周", "近日", "周三", "日前", "昨晚", "北京时间昨天", f"{r.randint(1, 28)}日"])


TYPE_OF = {"P": 0, "F": 0, "L": 1, "A": 1, "R": 1, "O": 2, "G": 2, "B": 2, "C": 2}
_SLOT = re.compile(r"\{([A-Z])\}")


def fill(template: str, slots: Slots) -> Labelled:
    """The template with its slots filled; {p} has become {P} or {F} before."""
    text, spans, at = "", [], 0
    for found in _SLOT.finditer(template):
        text += template[at : found.start()]
        piece = slots.pick(found.group(1))
        if found.group(1) in TYPE_OF:
            kind = TYPE_OF[found.group(1)]
            if spans and spans[-1][1] == len(text) and spans[-1][2] == kind == 1:
                spans[-1] = (spans[-1][0], len(text) + len(piece), kind)
            else:
                spans.append((len(text), len(text) + len(piece), kind))
        text += piece
        at = found.end()
    return text + template[at:], spans


def sentences(templates: list[str], count: int, slots: Slots) -> list[Labelled]:
    """So many sentences; half of the slots {p} are Chinese people."""
    made = []
    for _ in range(count):
        template = re.sub(r"\{p\}", lambda _: "{P}" if slots.chance.random() < 0.5 else "{F}", slots.chance.choice(templates))
        made.append(fill(template, slots))
    return made
