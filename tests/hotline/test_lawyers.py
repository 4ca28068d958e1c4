"""Who fits an application: ordered with reasons and never left out; whom an applicant may ask for by name."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from eligibility import Law
from hotline.application_form import Form, LawyerWishes, Sex
from hotline.applications import Application
from hotline.divisions import DivisionUnknown
from hotline.lawyers import SUGGESTED, Lawyer, Suggestion, open_to_choice, suggest
from hotline.workstations import Confidence, Service, Station, StationType
from store.unit_of_work import OpenUow
from tests.conftest import MONDAY_MORNING

TODAY = date(2026, 11, 23)


def a_lawyer(name: str, since: str = "2016-01-01", **others: Any) -> Lawyer:
    told: dict[str, Any] = {
        "licence_number": f"TEST-{name}",
        "name": name,
        "firm": "测试律师事务所",
        "sex": Sex.MALE,
        "practising_since": date.fromisoformat(since),
        "conduct_clear": True,
        "open_to_choice": False,
        "languages": ["普通话"],
        "specialities": [],
        "stations": [],
        "regions": ["340104"],
    }
    return Lawyer(**told | others)


def asked(matter: str = "M05A", wishes: LawyerWishes | None = None, **others: Any) -> Application:
    one = Application(
        number="YX202611230001C",
        conversation_id=None,
        agency="合肥市蜀山区法律援助中心",
        region=others.pop("region", "340104"),
        matter=matter,
        outcome="likely",
        facts=others.pop("facts", {}),
        applicant_name="申请人甲",
        applicant_phone="13800000001",
        phone_tail="0001",
        submitted_at=MONDAY_MORNING,
        idempotency_key="k",
        **others,
    )
    one.form = Form(wishes=wishes or LawyerWishes())
    return one


type Suggest = Callable[..., list[Suggestion]]


@pytest.fixture(scope="module")
def law() -> Law:
    return Law.load()


@pytest.fixture
def suggested(open_uow: OpenUow, law: Law) -> Suggest:
    def order(application: Application, *register: Lawyer) -> list[Suggestion]:
        with open_uow() as uow:
            uow.lawyers.replace(register)
            return suggest(uow, application, law, TODAY)

    return order


def names(found: list[Suggestion]) -> list[str]:
    return [one.lawyer.name for one in found]


@pytest.mark.parametrize(
    ("since", "years"),
    [("2023-11-23", 3), ("2023-11-24", 2), ("2024-02-29", 2), ("2026-11-23", 0)],
    ids=["满三年的当天", "差一天", "闰日起算", "今天起算"],
)
def test_执业几年_按今天算(since: str, years: int) -> None:
    assert a_lawyer("甲", since).years(TODAY) == years


def test_可能判无期死刑的_不满三年的排最后_写明法条(suggested: Suggest) -> None:
    new = a_lawyer("新手", "2023-11-24", specialities=["刑事"])
    old = a_lawyer("老手", "2023-11-23", conduct_clear=False)
    wishes = LawyerWishes(named="新手", speciality="刑事")
    found = suggested(asked("C01", wishes, facts={"life_or_death_sentence": True}), new, old)
    assert names(found) == ["老手", "新手"]
    assert any("第二十六条" in reason for reason in found[0].reasons) and found[0].cautions == ("有不良诚信记录",)
    assert "三年以上相关执业经历" in found[1].cautions[0] and "第二十六条" in found[1].cautions[0]


@pytest.mark.parametrize(
    "application",
    [asked("C01"), asked("M05A", difficult=True), asked("X00", facts={"proceeding": "criminal"})],
    ids=["刑事事项", "重大疑难", "案子在刑事程序里"],
)
def test_刑事和重大疑难_满三年又没有不良记录的在前_别的也都在(suggested: Suggest, application: Application) -> None:
    register = (
        a_lawyer("有记录", "2000-01-01", conduct_clear=False),
        a_lawyer("不满三年", "2024-01-01"),
        a_lawyer("三年清白", "2020-01-01"),
    )
    found = suggested(application, *register)
    assert names(found) == ["三年清白", "有记录", "不满三年"]
    assert any("优先" in reason for reason in found[0].reasons)
    assert not any("优先" in reason for one in found[1:] for reason in one.reasons)


def test_申诉事项的代码也是C开头_不当刑事(suggested: Suggest) -> None:
    register = a_lawyer("有记录", "2000-01-01", conduct_clear=False), a_lawyer("清白", "2020-01-01")
    assert names(suggested(asked("CD02"), *register)) == ["有记录", "清白"]


def test_未成年人的_熟悉未成年人的在点名的前面(suggested: Suggest) -> None:
    knows = a_lawyer("懂孩子", "2022-01-01", specialities=["未成年人"])
    found = suggested(asked(facts={"age": 15}, wishes=LawyerWishes(named="王某")), a_lawyer("王某"), knows)
    assert names(found) == ["懂孩子", "王某"]
    assert any("第一百零四条" in reason for reason in found[0].reasons)
    assert names(suggested(asked(facts={"age": 18}), a_lawyer("王某"), knows)) == ["王某", "懂孩子"]


def test_本人的希望_排前面_说清合了哪一样(suggested: Suggest) -> None:
    register = (
        a_lawyer("都不合"),
        a_lawyer("女律师", sex=Sex.FEMALE),
        a_lawyer("样样合", "2024-01-01", sex=Sex.FEMALE, languages=["四川彝语"], specialities=["劳动"]),
    )
    found = suggested(asked(wishes=LawyerWishes(Sex.FEMALE, "彝语", "劳动争议")), *register)
    assert names(found) == ["样样合", "女律师", "都不合"]
    assert found[0].reasons[-3:] == ("女律师，合本人意愿", "会讲四川彝语，合本人意愿", "熟悉劳动，合本人意愿")
    assert found[2].reasons == ("执业 10 年", "服务申请所在的地区")


@pytest.mark.parametrize(
    ("said", "first"),
    [("李某", "李某"), ("李律师", "李某"), ("李某律师", "李某"), ("律师", "张某"), ("赵律师", "张某")],
    ids=["全名", "只说姓", "名字带律师", "没有名字", "名册里没有"],
)
def test_点名的在前_没说清的不乱认(suggested: Suggest, said: str, first: str) -> None:
    register = a_lawyer("张某", "2000-01-01"), a_lawyer("李某", "2022-01-01")
    found = suggested(asked(wishes=LawyerWishes(named=said)), *register)
    assert names(found)[0] == first
    assert any("点名" in reason for reason in found[0].reasons) is (first == "李某")


def test_服务这个地方的在前_市里的也管区里_别处的排在后面还在(suggested: Suggest) -> None:
    register = (
        a_lawyer("别处", "2000-01-01", regions=["510000"]),
        a_lawyer("本市", "2020-01-01", regions=["340100"]),
        a_lawyer("邻区", "2010-01-01", regions=["340111"]),
    )
    assert names(suggested(asked(), *register)) == ["本市", "别处", "邻区"]
    assert names(suggested(asked(region=None), *register)) == ["别处", "邻区", "本市"]


def test_名册再大也只推荐二十位_没有名册就没有(suggested: Suggest) -> None:
    assert len(suggested(asked(), *(a_lawyer(f"某{n}") for n in range(30)))) == SUGGESTED
    assert suggested(asked()) == []


def test_可点选的_愿意的才列_只列公开的几样_不对外的站不写(open_uow: OpenUow) -> None:
    inner = Station(
        "340104-inner", StationType.COURT, "不对外的站", "340104", (Service.CONSULT,), Confidence.VERIFIED, "样例",
        public=False,
    )  # fmt: skip
    willing = a_lawyer(
        "愿意", open_to_choice=True, specialities=["劳动"], stations=["340104-center", "340104-inner", "撤了的站"]
    )
    with open_uow() as uow:
        uow.workstations.put([inner], MONDAY_MORNING)
        uow.lawyers.replace([willing, a_lawyer("不愿意"), a_lawyer("别处", open_to_choice=True, regions=["510000"])])
    with open_uow() as uow:
        (one,) = open_to_choice(uow, "340104")
        assert (one.name, one.firm, one.specialities) == ("愿意", "测试律师事务所", ("劳动",))
        assert one.stations == ("合肥市蜀山区法律援助中心",)
        assert open_to_choice(uow, "340422") == []
        with pytest.raises(DivisionUnknown):
            open_to_choice(uow, "999999")
