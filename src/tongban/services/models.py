"""The rows of the catalogue of services: laws, items, offerings, questions, conditions, materials, forms.

Data and invariants only. An item is a matter of the registry that cases of the kind `application` can be about; who is
responsible and the limits by law stand in the registry, as for every matter. Rows that hold for a time have `since` and
`until` (both days included); reading what holds today is `reading.py`. Nothing here is personal but what is sealed.
"""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tongban.cases.models import Case
from tongban.registry.models import TRUST, Matter, Place, Unit, code_validator

ALWAYS = date(1949, 10, 1)
"""From when a row holds that does not say it."""


class Edition(models.Model):
    """One row: how often the catalogue has changed; what is kept of it in memory is read anew when it moves."""

    number = models.PositiveBigIntegerField(default=1)

    class Meta:
        verbose_name = verbose_name_plural = _("目录版本")

    def __str__(self) -> str:
        return str(self.number)


class Law(models.Model):
    """法律法规: a statute, regulation or local rule, in one edition."""

    code = models.CharField(_("代码"), max_length=32, primary_key=True, validators=[code_validator])
    name = models.CharField(_("名称"), max_length=120)
    short = models.CharField(_("简称"), max_length=60)
    edition = models.CharField(_("版本"), max_length=60, blank=True)
    source = models.CharField(_("来源"), max_length=200, blank=True)

    class Meta:
        ordering = ["code"]
        verbose_name = verbose_name_plural = _("法律法规")

    def __str__(self) -> str:
        return self.short


class Article(models.Model):
    """条文: one article, cited by conditions, materials and limits; its text stands here once.

    `code` is the law's code, a colon and the number (`xzxk:32`). `text` is empty until a city loads its texts.
    """

    code = models.CharField(_("代码"), max_length=48, primary_key=True)
    law = models.ForeignKey(Law, models.PROTECT, related_name="articles", verbose_name=_("法律法规"))
    number = models.CharField(_("条"), max_length=32)
    text = models.TextField(_("条文"), blank=True)
    since = models.DateField(_("起始日期"), null=True, blank=True)
    until = models.DateField(_("终止日期"), null=True, blank=True)
    trust = models.CharField(_("可信度"), max_length=1, choices=TRUST, default="M")

    class Meta:
        ordering = ["law_id", "code"]
        verbose_name = verbose_name_plural = _("条文")

    def __str__(self) -> str:
        return f"{self.law_id} {self.number}"


class Lasting(models.Model):
    """What holds from one day to another, both included; without an end as long as nobody ends it."""

    since = models.DateField(_("起始日期"), default=ALWAYS)
    until = models.DateField(_("终止日期"), null=True, blank=True)

    class Meta:
        abstract = True


class Item(Lasting):
    """政务服务事项, one version: what is granted, to whom, how.

    The name stands in the matter. `immediate` is decided on the spot (即办件); `by_promise` can be granted on a promise
    (告知承诺); `unasked` is granted without an application (免申即享); `renewable` by 行政许可法 Art. 50.
    """

    TYPES = [
        ("license", _("行政许可")),
        ("confirmation", _("行政确认")),
        ("payment", _("行政给付")),
        ("reward", _("行政奖励")),
        ("record", _("备案")),
        ("public", _("公共服务")),
        ("other", _("其他行政权力")),
    ]
    SUBJECTS = [("person", _("个人")), ("firm", _("企业和组织")), ("both", _("个人和企业"))]

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="items", verbose_name=_("事项"))
    type = models.CharField(_("类型"), max_length=16, choices=TYPES)
    subject = models.CharField(_("服务对象"), max_length=8, choices=SUBJECTS, default="person")
    catalog_code = models.CharField(_("基本编码"), max_length=12, blank=True)
    task_code = models.CharField(_("实施编码"), max_length=36, blank=True)
    summary = models.TextField(_("一句话说明"), blank=True)
    summary_en = models.TextField(_("一句话说明（英文）"), blank=True)
    result = models.CharField(_("办成后得到什么"), max_length=200, blank=True)
    result_en = models.CharField(_("办成后得到什么（英文）"), max_length=300, blank=True)
    certificate = models.CharField(_("证照种类"), max_length=32, blank=True, validators=[code_validator])
    valid_months = models.PositiveSmallIntegerField(_("有效期（月）"), null=True, blank=True)
    visits = models.PositiveSmallIntegerField(_("最多跑几次"), default=0)
    immediate = models.BooleanField(_("即办"), default=False)
    by_promise = models.BooleanField(_("可以告知承诺"), default=False)
    unasked = models.BooleanField(_("免申即享"), default=False)
    renewable = models.BooleanField(_("可以延续"), default=False)
    events = models.JSONField(_("人生事件"), default=list, blank=True)
    basis = models.ManyToManyField(Article, blank=True, related_name="+", verbose_name=_("设定依据"))

    class Meta:
        ordering = ["matter_id", "since"]
        verbose_name = verbose_name_plural = _("政务服务事项")
        constraints = [
            models.UniqueConstraint(fields=["matter", "since"], name="item_version_once"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="item_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id}"


class Offering(Lasting):
    """实施清单: an item as one unit does it in one place. `promised` are days of the promise, never more than the law's
    (those stand in the registry as limits)."""

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="offerings", verbose_name=_("事项"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="offerings", verbose_name=_("实施单位"))
    place = models.ForeignKey(Place, models.PROTECT, related_name="offerings", verbose_name=_("行政区划"))
    promised = models.PositiveSmallIntegerField(_("承诺办结（工作日）"), null=True, blank=True)
    channels = models.JSONField(_("办理渠道"), default=list, blank=True)
    """Of `online`, `counter`, `post`, `phone`."""
    window = models.CharField(_("窗口地址"), max_length=200, blank=True)
    window_en = models.CharField(_("窗口地址（英文）"), max_length=300, blank=True)
    hours = models.CharField(_("办公时间"), max_length=120, blank=True)
    phone = models.CharField(_("咨询电话"), max_length=40, blank=True)
    fee = models.CharField(_("收费标准"), max_length=200, blank=True)
    """Empty: no fee (行政许可法 Art. 58)."""
    fee_basis = models.CharField(_("收费依据"), max_length=200, blank=True)

    class Meta:
        ordering = ["matter_id", "place_id", "unit_id"]
        verbose_name = verbose_name_plural = _("实施清单")
        constraints = [
            models.UniqueConstraint(fields=["matter", "unit", "place", "since"], name="offering_once"),
        ]
        indexes = [models.Index(fields=["place", "matter", "since", "until"], name="offering_held_in_place")]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.unit_id} {self.place_id}"


class Fact(models.Model):
    """问题: one thing to know about a person or a firm, asked once, in words of daily life.

    `type`: `bool`, `choice` (one of `options`: code, words, words in English), `number`, `date`, `place`, `text`,
    `declared` (words of the law that no register answers). `sources` are codes of registers that know it.
    """

    TYPES = [
        ("bool", _("是或否")),
        ("choice", _("选择")),
        ("number", _("数字")),
        ("date", _("日期")),
        ("place", _("地点")),
        ("text", _("文字")),
        ("declared", _("由本人声明")),
    ]

    code = models.CharField(_("代码"), max_length=32, primary_key=True, validators=[code_validator])
    type = models.CharField(_("类型"), max_length=16, choices=TYPES)
    question = models.CharField(_("问题"), max_length=200)
    question_en = models.CharField(_("问题（英文）"), max_length=300, blank=True)
    hint = models.CharField(_("说明"), max_length=300, blank=True)
    hint_en = models.CharField(_("说明（英文）"), max_length=400, blank=True)
    unit = models.CharField(_("计量单位"), max_length=16, blank=True)
    options = models.JSONField(_("选项"), default=list, blank=True)
    section = models.CharField(_("分组"), max_length=40, blank=True)
    section_en = models.CharField(_("分组（英文）"), max_length=60, blank=True)
    sensitive = models.BooleanField(_("敏感"), default=False)
    sources = models.JSONField(_("可从哪里取得"), default=list, blank=True)
    order = models.PositiveSmallIntegerField(_("次序"), default=100)

    class Meta:
        ordering = ["order", "code"]
        verbose_name = verbose_name_plural = _("问题")

    def __str__(self) -> str:
        return self.code


class Condition(Lasting):
    """条件: one leaf of an item's table of conditions (`rules.exchange.from_rows`): all groups, any leaf of a group.

    `operator` and `arguments` are those of `rules.exchange`; `words` say it to people, and what is missing where it
    fails; `article` is where it stands.
    """

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="conditions", verbose_name=_("事项"))
    group = models.PositiveSmallIntegerField(_("组"))
    position = models.PositiveSmallIntegerField(_("次序"), default=1)
    fact = models.ForeignKey(Fact, models.PROTECT, related_name="conditions", verbose_name=_("问题"))
    operator = models.CharField(_("比较"), max_length=16)
    arguments = models.JSONField(_("取值"), default=dict, blank=True)
    words = models.CharField(_("条件"), max_length=300)
    words_en = models.CharField(_("条件（英文）"), max_length=400, blank=True)
    article = models.ForeignKey(Article, models.PROTECT, null=True, related_name="+", verbose_name=_("依据"))

    class Meta:
        ordering = ["matter_id", "group", "position", "id"]
        verbose_name = verbose_name_plural = _("条件")
        constraints = [
            models.UniqueConstraint(fields=["matter", "group", "position", "since"], name="condition_once"),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.group}.{self.position}"


class Parameter(Lasting):
    """参数: a number that the law or a place sets from time to time (a low-income line), by code and place."""

    code = models.CharField(_("代码"), max_length=32, validators=[code_validator])
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+", verbose_name=_("行政区划"))
    value = models.DecimalField(_("数值"), max_digits=14, decimal_places=4)
    label = models.CharField(_("说明"), max_length=120, blank=True)
    article = models.ForeignKey(Article, models.PROTECT, null=True, related_name="+", verbose_name=_("依据"))
    source = models.CharField(_("来源"), max_length=200, blank=True)
    trust = models.CharField(_("可信度"), max_length=1, choices=TRUST, default="M")

    class Meta:
        ordering = ["code", "place_id", "since"]
        verbose_name = verbose_name_plural = _("参数")
        constraints = [
            models.UniqueConstraint(fields=["code", "place", "since"], name="parameter_once"),
            models.UniqueConstraint(
                fields=["code", "since"], name="parameter_once_all", condition=Q(place__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.value}"


class Material(models.Model):
    """材料: a document that items ask for. `source`: made by the applicant, or issued by government; one that a
    register has (`register`) is not asked of anybody (国令716 Art. 7)."""

    SOURCES = [("applicant", _("申请人自备")), ("government", _("政府部门核发")), ("other", _("其他"))]

    code = models.CharField(_("代码"), max_length=32, primary_key=True, validators=[code_validator])
    name = models.CharField(_("名称"), max_length=120)
    name_en = models.CharField(_("名称（英文）"), max_length=200, blank=True)
    source = models.CharField(_("来源"), max_length=12, choices=SOURCES, default="applicant")
    register = models.CharField(_("可核验的数据"), max_length=32, blank=True)
    hint = models.CharField(_("填写或拍照要求"), max_length=300, blank=True)
    hint_en = models.CharField(_("填写或拍照要求（英文）"), max_length=400, blank=True)

    class Meta:
        ordering = ["code"]
        verbose_name = verbose_name_plural = _("材料")

    def __str__(self) -> str:
        return self.name


class Need(Lasting):
    """所需材料: that an item asks for a material: `required`, `may_follow` (容缺: can come later), `optional`, or
    `instead` (not asked: a register has it). `when` are rows of a condition (`rules.exchange`), empty: always."""

    HOW = [
        ("required", _("必须提交")),
        ("may_follow", _("可以容缺后补")),
        ("optional", _("可以不交")),
        ("instead", _("不用提交，由部门核验")),
    ]

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="needs", verbose_name=_("事项"))
    material = models.ForeignKey(Material, models.PROTECT, related_name="needs", verbose_name=_("材料"))
    how = models.CharField(_("要求"), max_length=12, choices=HOW, default="required")
    copies = models.PositiveSmallIntegerField(_("份数"), default=1)
    when = models.JSONField(_("什么情况下需要"), default=list, blank=True)
    article = models.ForeignKey(
        Article, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("依据")
    )
    order = models.PositiveSmallIntegerField(_("次序"), default=100)

    class Meta:
        ordering = ["matter_id", "order", "id"]
        verbose_name = verbose_name_plural = _("所需材料")
        constraints = [
            models.UniqueConstraint(fields=["matter", "material", "since"], name="need_once"),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.material_id}"


class Form(models.Model):
    """申请表, one version: `content` is {"pages": [{"title", "title_en", "questions": [{"fact", "required", "when"}]}]}
    (`forms.py`). A published version never changes; its digest stands on the record. Without one an item asks what its
    conditions need."""

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="forms", verbose_name=_("事项"))
    version = models.PositiveIntegerField(_("版本"))
    content = models.JSONField(_("内容"))
    digest = models.CharField(max_length=64, editable=False, blank=True)
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)

    class Meta:
        ordering = ["matter_id", "version"]
        verbose_name = verbose_name_plural = _("申请表")
        constraints = [models.UniqueConstraint(fields=["matter", "version"], name="form_version_once")]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.version}"


class Source(models.Model):
    """数据源: a register that answers facts about a person: an SQL view, an HTTP service, or a file (`sources/`).

    `settings` name where (never a secret: those come from the environment), `facts` which facts it answers.
    """

    KINDS = [("sql", _("数据库视图")), ("http", _("接口")), ("file", _("文件"))]

    code = models.CharField(_("代码"), max_length=32, primary_key=True, validators=[code_validator])
    name = models.CharField(_("名称"), max_length=120)
    name_en = models.CharField(_("名称（英文）"), max_length=200, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="sources", verbose_name=_("主管单位"))
    kind = models.CharField(_("方式"), max_length=8, choices=KINDS)
    settings = models.JSONField(_("设置"), default=dict, blank=True)
    facts = models.JSONField(_("能回答的问题"), default=list, blank=True)
    active = models.BooleanField(_("启用"), default=True)

    class Meta:
        ordering = ["code"]
        verbose_name = verbose_name_plural = _("数据源")

    def __str__(self) -> str:
        return self.name


class Bundle(models.Model):
    """一件事: several items that belong to one event of life, filed with one set of facts. Its name is the matter's."""

    matter = models.OneToOneField(Matter, models.PROTECT, primary_key=True, related_name="+", verbose_name=_("事项"))
    summary = models.TextField(_("说明"), blank=True)
    summary_en = models.TextField(_("说明（英文）"), blank=True)
    active = models.BooleanField(_("启用"), default=True)

    class Meta:
        ordering = ["matter_id"]
        verbose_name = verbose_name_plural = _("一件事")

    def __str__(self) -> str:
        return f"{self.matter_id}"


class BundleStep(models.Model):
    """One item of a bundle. `after` are codes of matters of the same bundle that have to be granted first; `when` are
    rows of a condition on the facts, empty: always."""

    bundle = models.ForeignKey(Bundle, models.CASCADE, related_name="steps", verbose_name=_("一件事"))
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="+", verbose_name=_("事项"))
    order = models.PositiveSmallIntegerField(_("次序"))
    after = models.JSONField(_("须在哪些事项之后"), default=list, blank=True)
    when = models.JSONField(_("什么情况下需要"), default=list, blank=True)

    class Meta:
        ordering = ["bundle_id", "order"]
        verbose_name = verbose_name_plural = _("一件事的步骤")
        constraints = [models.UniqueConstraint(fields=["bundle", "matter"], name="bundle_step_once")]

    def __str__(self) -> str:
        return f"{self.bundle_id} {self.matter_id}"


class FalsePromise(models.Model):
    """Somebody's promise was false: found by a keyed hash of their number, until a day (`promises.py`)."""

    key = models.CharField(max_length=64, unique=True, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    until = models.DateTimeField(_("至"), db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = _("不实承诺")

    def __str__(self) -> str:
        return str(self.pk)


from .certificates.rows import Certificate, IssuingKey, StatusList  # noqa: E402, F401 -- Django finds an app's rows here
from .certificates.wallet.rows import UsedNonce, WalletCopy, WalletOffer  # noqa: E402, F401
from .hearings.rows import HearingNotice  # noqa: E402, F401
from .sources.rows import Account, Mandate, Mandated, Pull  # noqa: E402, F401 -- beside what they are for
from .tally.rows import CatchingUp, Tallied, TalliedReason  # noqa: E402, F401
from .unasked.models import UnaskedList, UnaskedRow  # noqa: E402, F401  # a part of this app with a folder of its own
