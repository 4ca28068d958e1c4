"""What callers tell in passing, and the days they name: facts and deadlines, without a question."""

from datetime import date
from typing import Any

import pytest

from actions.answers import ActionAnswerQuestion
from actions.eligibility import ActionAssessEligibility, ActionCorrectFacts, ActionTakeInformation
from actions.facts import notice
from actions.spoken_facts import spoken_facts
from actions.time_limits import told_deadline
from eligibility import CHOICES, KIND
from eligibility.time_limits import kinds, lines_of
from tests.actions.conftest import Caller, Played, day, entity

TODAY = date(2026, 11, 23)  # as the tests' clock tells it
LAST_MARCH = day("2025-03-01", "2025-03-31")


@pytest.mark.parametrize(
    ("said", "facts"),
    [
        ("我八十二了，走不动路", {"mobility_impaired": True}),
        ("他正在转移财产，怕打赢了也拿不到", {"preservation_needed": True}),
        ("我们一共三十多个工友都没拿到钱", {"group_dispute": True}),
        ("判决早生效了，法院还没决定再审", {"retrial_ordered": False}),
        ("检察院已经抗诉了", {"retrial_ordered": True}),
        ("法院裁定再审了", {"retrial_ordered": True}),
        ("我和儿子住在一起，他不给我钱", {"opponent_in_household": True}),
        ("我没有固定收入，一个人过", {"no_fixed_income": True}),
        ("我什么收入都没有", {"no_fixed_income": True}),
        ("我是农村户口，一家四口", {"household": "rural"}),
        ("我不是农村户口", {}),
        ("我不是农民工，我是本地的", {"migrant_worker": False}),
        ("我没有低保", {"assistance_recipient": False}),
        ("我没有残疾，就是年纪大", {"disabled": False}),
        ("不需要财产保全", {}),
        ("我是一个人来的", {}),
        ("他是精神病人，打了我", {}),
    ],
)
def test_一句带过的情况也听得见_否认的不算(said: str, facts: dict[str, Any]) -> None:
    assert spoken_facts(said, about_the_accused=False) == facts


@pytest.mark.parametrize(
    ("said", "facts"),
    [
        ("我老公被刑拘了", {"on_behalf": True, "detained": True}),
        ("我儿子关在看守所，他是聋哑人", {"on_behalf": True, "detained": True, "sensory_disability": True}),
        ("我弟弟精神分裂，被抓走了", {"on_behalf": True, "detained": True, "limited_capacity": True}),
        ("听说可能判无期", {"life_or_death_sentence": True}),
        ("办案的没说会判死刑", {}),
    ],
)
def test_被抓的人的情况_只在说刑事的时候算(said: str, facts: dict[str, Any]) -> None:
    assert spoken_facts(said, about_the_accused=True) == facts


def test_带过的每一项都是一个事实_值也是允许的() -> None:
    from actions.spoken_facts import SPOKEN, SPOKEN_OF_THE_ACCUSED

    for _, facts in (*SPOKEN, *SPOKEN_OF_THE_ACCUSED):
        for name, value in facts.items():
            assert value in CHOICES.get(name, (True, False)) and name in KIND


def heard(caller: Caller, text: str, *entities: dict[str, Any], intent: str = "inform", **slots: Any) -> Played:
    return caller.says(ActionAssessEligibility, text, intent, entities, **slots)


@pytest.mark.parametrize(
    ("role", "facts"),
    [
        (entity("role", "low_income", detail="subsistence_margin"), {"assistance_recipient": True, "assistance_kind": "subsistence_margin"}),
        (entity("role", "low_income", detail="registered_poor"), {"local_list": "registered_poor"}),
        (entity("role", "low_income", detail="low_income"), {}),
        (entity("role", "soldier_family", detail="soldier"), {"military_status": "soldier"}),
        (entity("role", "soldier_family", detail="family"), {"military_status": "military_family"}),
    ],
)  # fmt: skip
def test_建档立卡和困难户不是社会救助_军人不是军属(caller: Caller, role: dict[str, Any], facts: dict[str, Any]) -> None:
    played = heard(caller, "……", role, matter="M04", asking="region", journey="eligibility")
    kept = {name: value for name, value in played.slots.items() if name in KIND}
    assert kept == facts


@pytest.mark.parametrize("said", ["民政局不给我办低保", "我想申请低保", "我家的低保申请三年没批下来，停了低保"])
def test_没拿到的低保_不算有低保(caller: Caller, said: str) -> None:
    role = entity("role", "low_income", detail="subsistence_allowance", start=said.rindex("低保"))
    assert notice(tracker_of(caller, said, role)) == {}


@pytest.mark.parametrize(
    ("said", "intent", "fact"),
    [
        ("不是，我就是本村的", "affirm", False),
        ("是的，我没有别的", "deny", True),
        ("没有，从来没有", "inform", False),
        ("有", "inform", True),
        ("嗯", "affirm", True),
        ("可不是嘛", "affirm", True),
        ("是不是都要问", "inform", None),
        ("不太清楚", "inform", None),
        ("对了，要多久", "inform", None),
    ],
)
def test_回话开头的是与不是_比整句的印象可靠(caller: Caller, said: str, intent: str, fact: bool | None) -> None:
    played = heard(caller, said, intent=intent, matter="M05A", asking="migrant_worker", journey="eligibility")
    assert played.slots.get("migrant_worker") is fact


def test_时效只剩五天_马上当作紧急(caller: Caller) -> None:
    left = entity("duration", {"value": 5, "unit": "day"}, start=8, end=10)
    played = heard(caller, "劳动仲裁时效只剩5天了", left, matter="M05A", migrant_worker=True, region="510105")
    (block,) = [one["custom"] for one in played if (one.get("custom") or {}).get("type") == "assessment"]
    assert played.slots["days_to_limitation"] == 5
    assert block["urgent"] and "utter_urgent_deadline" in played.responses


def test_干了五天_不是还剩五天(caller: Caller) -> None:
    worked = entity("duration", {"value": 5, "unit": "day"}, start=3, end=5)
    assert "days_to_limitation" not in heard(caller, "我干了5天没给钱", worked, matter="M05A").slots


def test_我自己一个月九百_是收入_欠我一个月三千_是争议的钱(caller: Caller) -> None:
    own = entity("money", "900.00", start=10, end=12, period="month")
    assert (
        heard(caller, "我自己一个月养老金有九百块", own, matter="M04").slots["income_yuan_per_month_self"] == "900.00"
    )
    owed = entity("money", "3000.00", start=7, end=9, period="month")
    slots = heard(caller, "老板欠我一个月工资三千块", owed, matter="M05A").slots
    assert slots["claim_yuan"] == "3000.00"
    assert "income_yuan_per_month_self" not in slots


def warned(played: Played) -> list[str]:
    """The warnings about a deadline."""
    return [one["text"] for one in played if (one.get("custom") or {}).get("type") == "notice"]


def test_去年三月被辞退_说一段日子和依据_时效的天数记下(caller: Caller) -> None:
    played = caller.says(ActionAnswerQuestion, "我去年三月被辞退，没给补偿", "report_dismissal", (LAST_MARCH,))
    (warning,) = warned(played)
    assert "到2026年3月31日，可能已经过了" in warning
    assert "重新计算" in warning and "《劳动争议调解仲裁法》第二十七条" in warning
    assert played.slots["days_to_limitation"] == -266


def test_接下来的判断用这个天数_不再说第二遍(caller: Caller) -> None:
    dismissed = ("我去年三月被辞退，没给补偿", "report_dismissal", (LAST_MARCH,))
    caller.goes_on(caller.says(ActionAnswerQuestion, *dismissed, region="340104"))
    assert warned(caller.says(ActionAssessEligibility, *dismissed)) == []


def test_问到一半说哪天离职的_先说期限_再接着问(caller: Caller) -> None:
    first = caller.goes_on(heard(caller, "老板欠薪", intent="report_unpaid_wages"))
    assert first.slots["asking"] == "migrant_worker"
    played = heard(caller, "我是去年十二月一号离职的", day("2025-12-01"))
    (warning,) = warned(played)
    assert "欠薪的劳动仲裁时效到2026年12月1日为止，还有8天" in warning
    assert played.responses[-1] == "utter_ask_migrant_worker"
    assert played.slots["days_to_limitation"] == 8


def test_不足七天_当场给转人工和预约(caller: Caller) -> None:
    played = caller.says(
        ActionTakeInformation, "11月11号收到的仲裁裁决书", "inform", (day("2026-11-11"),), matter="M05A"
    )
    warning = next(one for one in played if (one.get("custom") or {}).get("type") == "notice")
    assert "还有3天" in warning["text"]
    assert [one["payload"] for one in warning["buttons"]] == ["/request_human", "/book_appointment"]


def test_正好七天_不算不足七天(caller: Caller) -> None:
    played = caller.says(
        ActionTakeInformation, "11月15号收到的仲裁裁决书", "inform", (day("2026-11-15"),), matter="M05A"
    )
    warning = next(one for one in played if (one.get("custom") or {}).get("type") == "notice")
    assert "还有7天" in warning["text"] and warning["buttons"] == []


def test_改口说的日子_重新算(caller: Caller) -> None:
    caller.slots |= {"matter": "AH01", "days_to_limitation": -266, "assessment_outcome": "review"}
    played = caller.says(
        ActionCorrectFacts, "说错了，是今年三月被辞退的", "correct", (day("2026-03-01", "2026-03-31"),)
    )
    assert played.slots["days_to_limitation"] == 98
    assert played.responses[1] == "utter_corrected"


@pytest.mark.parametrize(
    ("matter", "said", "told", "kind", "days"),
    [
        ("M05A", "我还在厂里上班，老板欠我去年三月的工资", LAST_MARCH, "wage_arbitration", None),
        ("M05A", "上个月十五号离职的", day("2026-10-15"), "wage_arbitration", 326),
        ("M07A", "今年一月十号在车间被砸伤", day("2026-01-10"), "work_injury_by_worker", 48),
        ("M07B", "前年八月一号被车撞了", day("2024-08-01"), "civil_limitation", 251),
        ("M07B", "11月20号拿到事故认定书", day("2026-11-20"), "accident_review", 0),
        ("M07D", "去年三月做的手术", LAST_MARCH, "civil_limitation", 464),
        ("X00", "借条写的是去年三月到期", LAST_MARCH, "civil_limitation", 464),
        ("C01", "11月21号被刑拘", day("2026-11-21"), "arrest_request", 1),
        ("C01", "11月16号收到判决书", day("2026-11-16"), "criminal_appeal_judgment", 3),
        ("C01", "11月16号收到裁定书", day("2026-11-16"), "criminal_appeal_ruling", 0),
        (None, "11月16号收到判决书", day("2026-11-16"), "civil_appeal_judgment", 8),
        (None, "法院的裁定11月16号送达的", day("2026-11-16"), "civil_appeal_ruling", 3),
        (None, "二审十月十号判的", day("2026-10-10"), "civil_retrial", 138),
        (None, "上周三收到行政处罚决定书", day("2026-11-11"), "reconsideration", 48),
        (None, "11月11号收到复议决定", day("2026-11-11"), "suit_after_reconsideration", 3),
        (None, "土地承包仲裁的裁决书11月2号到的", day("2026-11-02"), "suit_after_land_award", 9),
    ],
)
def test_说出的日子对应哪个期限(
    caller: Caller, matter: str | None, said: str, told: dict[str, Any], kind: str, days: int | None
) -> None:
    found = told_deadline(tracker_of(caller, said, told), matter, TODAY)
    assert found is not None
    assert (found.period.kind, found.days_left) == (kind, days)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("下周二想去你们窗口", day("2026-12-01")),
        ("我明年三月要离职", day("2027-03-01")),
        ("我是去年三月来的合肥", LAST_MARCH),
        ("法院去年三月判决他还钱，他一直不还", LAST_MARCH),
        ("我被辞退了", entity("age", 30)),
    ],
)
def test_没有起算的事或者日子还没到_不乱算(caller: Caller, said: str, told: dict[str, Any]) -> None:
    assert told_deadline(tracker_of(caller, said, told), "AH01", TODAY) is None


@pytest.mark.parametrize(
    ("matter", "said", "told"),
    [
        ("C01", "哥哥去年三月被刑拘，后来取保候审了，还会再抓进去吗", LAST_MARCH),
        ("C01", "去年三月抓的，上礼拜已经开庭了", LAST_MARCH),
        ("M07A", "去年三月在车间受的伤，工伤认定下来了，厂里不赔", LAST_MARCH),
        ("M07A", "去年三月受伤，法院判了四万，老板一直没给", LAST_MARCH),
    ],
)
def test_案子早往下走了_不从头算期限(caller: Caller, matter: str, said: str, told: dict[str, Any]) -> None:
    assert told_deadline(tracker_of(caller, said, told), matter, TODAY) is None


def test_说了两个日子_取离那件事最近的(caller: Caller) -> None:
    hired = day("2022-05-01") | {"start": 0, "end": 5}
    dismissed = day("2026-03-10") | {"start": 12, "end": 17}
    found = told_deadline(
        tracker_of(caller, "22年五月进的厂，一直干到今年三月十号被辞退", hired, dismissed), "AH01", TODAY
    )
    assert found and str(found.due) == "2027-03-10"


def test_每一种起算都是有的期限和它自己的起算事由() -> None:
    from actions.time_limits import BEGINNINGS

    for one in BEGINNINGS:
        assert one.kind in kinds()
        assert one.event in lines_of(one.kind)[-1].events


def test_按钮里的字不当作话来听(caller: Caller) -> None:
    tracker = tracker_of(caller, '/inform{"military_status":"none"}', entity("military_status", "none"))
    assert notice(tracker) == {"military_status": "none"}


def test_不在名单里_说不在就行(caller: Caller) -> None:
    played = heard(caller, "不在", intent="deny", matter="M04", asking="local_list", journey="eligibility")
    assert played.slots["local_list"] == "none"


def test_说了不可能的收入_不记住_重新说不会卡住(caller: Caller) -> None:
    absurd = entity("money", "99999999.00", period="month")
    asking: dict[str, Any] = {"asking": "income_yuan_per_person_month", "journey": "eligibility", "matter": "M04"}
    played = heard(caller, "一亿", absurd, **asking)
    assert played.responses == ["utter_facts_contradict"]
    assert played.messages[0]["sentence"].startswith("这个收入数字好像不对")
    assert played.slots["income_yuan_per_person_month"] is None


def test_十岁的退役军人_请人再确认_两样都不记(caller: Caller) -> None:
    both = (entity("age", 10), entity("role", "veteran"))
    played = heard(caller, "我十岁，是退役军人", *both, matter="M04", journey="eligibility", asking="age")
    assert played.messages[0]["sentence"] == "您前后说的情况有对不上的地方，请您再确认一下。"
    assert (played.slots["age"], played.slots["military_status"]) == (None, None)


def tracker_of(caller: Caller, text: str, *entities: dict[str, Any]) -> Any:
    """A message as the actions see it."""
    from rasa_sdk import Tracker

    latest = {"text": text, "intent": {"name": "inform"}, "entities": list(entities), "metadata": {}}
    return Tracker("x", dict(caller.slots), latest, [], False, None, {}, None)
