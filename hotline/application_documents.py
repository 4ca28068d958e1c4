"""The papers of an application, filled in: 法律援助申请表, 经济困难状况说明, 上门受理单.

Our own layout: the Ministry's forms of 2023-11-10 were not at hand, and places have forms of their own; the sheets say so.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from eligibility import Law
from hotline.applicants import GROUND_WORDS, RELATION_WORDS, standing_of
from hotline.application_form import SEX_WORDS, Form, HardshipProof
from hotline.applications import Application
from hotline.clock import in_words, local
from hotline.paper import Heading, Lines, Part, Sentence, Sheet, Signature

NOT_GIVEN = "（未填）"
OWN_LAYOUT = "本表由 12348 智能助手按申请人所述填写，请核对。当地司法行政机关有统一格式的，以统一格式为准。"
AGENCY_DECIDES = "是否给予法律援助，以法律援助机构的决定为准（《法律援助法》第四十三条）。"
HONESTY = (
    "本人承诺：以上所述都是真实的。以欺骗手段获得援助，或者故意隐瞒重要事实、提供虚假证据的，法律援助机构应当终止援助"
    "（《法律援助法》第四十八条）；骗取援助的，要支付已实施法律援助的费用，并处罚款（第六十四条）。"
)
MILITARY_WORDS = {
    "soldier": "军人",
    "military_family": "军属",
    "veteran": "退役军人",
    "bereaved_family": "烈士遗属",
}


class Document(StrEnum):
    """Which paper."""

    APPLICATION_FORM = "application-form"
    HARDSHIP_STATEMENT = "hardship-statement"
    HOME_VISIT = "home-visit"


@dataclass(frozen=True)
class Case:
    """What a paper is made of."""

    application: Application
    matter: str
    hardship_not_required: bool
    """第三十二条: no word about income is asked for."""

    @property
    def form(self) -> Form:
        """The form."""
        return self.application.form


def sheet_of(document: Document, application: Application, law: Law, flags: tuple[str, ...]) -> Sheet:
    """The paper, filled in.

    Args:
        flags: of the assessment on the application's day.
    """
    matter = law.matters.get(application.matter)
    case = Case(application, matter.name if matter else application.matter, "hardship_not_required" in flags)
    title, parts = SHEETS[document]
    return Sheet(title, f"编号：{application.number}", parts(case))


def _application_form(case: Case) -> tuple[Part, ...]:
    application, form = case.application, case.form
    identity = application.identity
    rows = (
        (("姓名", application.applicant_name), ("性别", SEX_WORDS[form.sex] if form.sex else NOT_GIVEN)),
        (("出生日期", _day(form)), ("民族", form.ethnicity or NOT_GIVEN)),
        (("证件种类", identity.words if identity else NOT_GIVEN), ("联系电话", application.applicant_phone)),
        (("证件号码", identity.number if identity else NOT_GIVEN),),
        (("住址", form.address or NOT_GIVEN),),
        (("人群类别", "、".join(_groups(application)) or "（没有说明）"), ("语言", form.language or NOT_GIVEN)),
    )
    return (
        Heading("一、申请人"),
        Lines(rows),
        *_representative(case),
        Heading("三、申请的事" if form.representative else "二、申请的事"),
        Lines(
            (
                (("事项", case.matter),),
                (("对方当事人", form.opponent or NOT_GIVEN), ("办案机关", form.handling_authority or NOT_GIVEN)),
                (("经过和理由", form.summary or NOT_GIVEN),),
                (("受理机构", application.agency),),
                (("对律师的希望", _wishes(form)),),
            )
        ),
        Sentence("对法律援助人员的希望是意愿，由法律援助机构安排。", small=True),
        Sentence(HONESTY),
        *_commitment(form),
        Signature("申请人" if not form.representative else "申请人或者代为申请的人"),
        Sentence(AGENCY_DECIDES, small=True),
        Sentence(OWN_LAYOUT, small=True),
    )


def _representative(case: Case) -> tuple[Part, ...]:
    one = case.form.representative
    if one is None:
        return ()
    standing = standing_of(one, case.application.matter)
    rows = (
        (("姓名", one.name), ("联系电话", one.phone)),
        (
            ("与申请人的关系", RELATION_WORDS[one.relation] if one.relation else NOT_GIVEN),
            ("代为申请的理由", GROUND_WORDS[one.ground] if one.ground else NOT_GIVEN),
        ),
        (("证件", f"{one.identity.words} {one.identity.number}" if one.identity else NOT_GIVEN),),
        (("依据", standing.article if standing.may_apply else f"{standing.article}；须由申请人本人确认"),),
    )
    return (Heading("二、代为申请的人"), Lines(rows))


def _hardship_statement(case: Case) -> tuple[Part, ...]:
    application, form = case.application, case.form
    who: tuple[Part, ...] = (Lines(((("姓名", application.applicant_name), ("事项", case.matter)),)),)
    if case.hardship_not_required:
        free = "这件事不受经济困难条件的限制（《法律援助法》第三十二条），不用填写经济状况。"
        return (*who, Sentence(free), Sentence(OWN_LAYOUT, small=True))
    told = form.hardship
    size = f"{told.household_size}人" if told and told.household_size else NOT_GIVEN
    income = told.household_income_yuan_per_month if told else None
    rows = (
        (("共同生活的家庭成员", size), ("家庭每月收入", f"{income}元" if income else NOT_GIVEN)),
        (("主要收入来源", told.income_from if told and told.income_from else NOT_GIVEN),),
        (("必要的支出和困难", told.expenses if told and told.expenses else NOT_GIVEN),),
        (("免予核查的身份", "、".join(_exempt(application)) or "（没有说明）"),),
    )
    proof = told.proof if told else None
    return (
        *who,
        Lines(rows),
        Sentence("经济困难状况的核查，选一种（《法律援助法》第四十一条）："),
        Sentence(f"{_box(proof is HardshipProof.COMMITMENT)} 由本人作诚信承诺"),
        Sentence(f"{_box(proof is HardshipProof.ENQUIRY)} 由法律援助机构通过信息共享查询，本人同意"),
        Sentence("有材料证明属于第四十二条所列人员的，免予核查；不用去单位、村（居）委会开盖章证明。", small=True),
        Sentence(HONESTY),
        *_commitment(form),
        Signature("申请人"),
        Sentence(OWN_LAYOUT, small=True),
    )


def _home_visit(case: Case) -> tuple[Part, ...]:
    application, visit = case.application, case.form.home_visit
    at = in_words(visit.at) if visit and visit.at else "（待约）"
    visitors = "、".join(visit.visitors) if visit else ""
    rows = (
        (("申请人", application.applicant_name), ("联系电话", application.applicant_phone)),
        (("上门地址", visit.address if visit else NOT_GIVEN),),
        (("联系人", visit.contact if visit else NOT_GIVEN), ("上门时间", at)),
        (("上门原因", visit.reason if visit else NOT_GIVEN),),
        (("同行人员（两人）", visitors or "（待定）"),),
        (("收到的材料", "\n".join(f"{n}. ＿＿＿＿＿＿＿＿＿＿＿＿" for n in range(1, 5))),),
    )
    return (
        Lines(rows),
        Sentence("工作人员上门不收任何费用，也不收财物（《法律援助法》第六十一条）。"),
        Signature("上门人员"),
        Signature("上门人员"),
        Sentence("申请人签收：上述材料已经交给上门人员。"),
        Signature("申请人"),
        Sentence(OWN_LAYOUT, small=True),
    )


SHEETS: Mapping[Document, tuple[str, Callable[[Case], tuple[Part, ...]]]] = {
    Document.APPLICATION_FORM: ("法律援助申请表", _application_form),
    Document.HARDSHIP_STATEMENT: ("经济困难状况说明", _hardship_statement),
    Document.HOME_VISIT: ("上门受理单", _home_visit),
}


def _commitment(form: Form) -> tuple[Part, ...]:
    if form.honesty_committed_at is None:
        return ()
    return (Sentence(f"申请人已于{local(form.honesty_committed_at):%Y-%m-%d %H:%M}在线作出上述承诺。", small=True),)


def _day(form: Form) -> str:
    born = form.born_on
    return f"{born.year}年{born.month}月{born.day}日" if born else NOT_GIVEN


def _wishes(form: Form) -> str:
    wishes = form.wishes
    told = (
        f"由{SEX_WORDS[wishes.sex]}律师办理" if wishes.sex else "",
        f"会讲{wishes.language}" if wishes.language else "",
        f"熟悉{wishes.speciality}" if wishes.speciality else "",
        f"希望由{wishes.named}办理" if wishes.named else "",
    )
    return "；".join(filter(None, told)) or "没有特别要求"


def _groups(application: Application) -> list[str]:
    """群体: what was told, for the order of service; not the same as being exempt."""
    facts = application.facts
    age = facts.get("age")
    groups = [
        "进城务工人员" if facts.get("migrant_worker") else "",
        "残疾人" if facts.get("disabled") else "",
        "未成年人" if age is not None and int(str(age)) < 18 else "",
        "老年人" if age is not None and int(str(age)) >= 60 else "",
        MILITARY_WORDS.get(str(facts.get("military_status")), ""),
    ]
    return [one for one in groups if one]


def _exempt(application: Application) -> list[str]:
    """第四十二条 as told; the papers decide."""
    facts = application.facts
    return [
        words
        for words, told in (
            ("社会救助、司法救助或者优抚对象（本人自述）", facts.get("assistance_recipient")),
            ("无固定生活来源（本人自述）", facts.get("no_fixed_income")),
            ("进城务工人员（本人自述）", facts.get("migrant_worker")),
        )
        if told
    ]


def _box(ticked: bool) -> str:
    return "［√］" if ticked else "［　］"
