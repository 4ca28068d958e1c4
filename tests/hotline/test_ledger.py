"""The ledger: filled in by the talk, completed and locked by the operator, every act recorded."""

from typing import Any
from uuid import UUID

import pytest

from hotline import audit, consultations, group_incidents, handoffs, operators
from hotline.consultations import Consultation, LedgerSearch, facts_in
from hotline.conversations import Conversation
from hotline.errors import LedgerIncomplete, LedgerLocked, UnknownWord
from store.unit_of_work import OpenUow
from tests.conftest import Clock, a_conversation


@pytest.fixture
def operator(open_uow: OpenUow, clock: Clock) -> UUID:
    with open_uow() as uow:
        return operators.enrol(uow, "zhang", "哈希", "张工", clock()).id


def note(open_uow: OpenUow, conversation: Conversation, clock: Clock, **found: Any) -> Consultation:
    with open_uow() as uow:
        return consultations.note(uow, uow.conversations.get(conversation.id), clock(), **found)


def acts(open_uow: OpenUow, number: str) -> list[tuple[str, str]]:
    with open_uow() as uow:
        return [(one.actor, one.act) for one in uow.audit.about(number)]


def test_一个会话一行_后说的补上_空的不盖掉(open_uow: OpenUow, conversation: Conversation, clock: Clock) -> None:
    begun = clock()
    note(open_uow, conversation, clock, topic="wages", region="340104")
    clock.forward(minutes=5)
    row = note(open_uow, conversation, clock, topic=None, matter="M05A", told_right_to_apply=True)
    assert (row.topic, row.region, row.matter, row.told_right_to_apply) == ("wages", "340104", "M05A", True)
    assert (row.channel, row.disposition, row.started_at, row.seconds) == ("web", "answered", begun, 300)


def test_流水号是年月日加序号_按上海的日子重新数(open_uow: OpenUow, clock: Clock) -> None:
    numbers = []
    for place, hours in enumerate((0, 1, 15)):  # 上海 9:00、10:00、次日 1:00
        with open_uow() as uow:
            other = a_conversation(uow, clock, f"{place}" * 64)
        clock.forward(hours=hours)
        numbers.append(note(open_uow, other, clock).number)
    assert numbers == ["ZX20261123000001", "ZX20261123000002", "ZX20261124000001"]


def test_引用的条文各记一次(open_uow: OpenUow, conversation: Conversation, clock: Clock) -> None:
    with open_uow() as uow:
        row = consultations.note(uow, uow.conversations.get(conversation.id), clock())
        consultations.add_articles(row, ["劳动合同法第八十五条", "劳动合同法第三十条"])
        consultations.add_articles(row, ["劳动合同法第三十条", "民法典第一千零七十九条"])
        assert row.articles == ["劳动合同法第八十五条", "劳动合同法第三十条", "民法典第一千零七十九条"]


def test_处理方式_重的盖轻的_轻的不盖重的(open_uow: OpenUow, conversation: Conversation, clock: Clock) -> None:
    seen = [
        note(open_uow, conversation, clock, disposition=one).disposition
        for one in ("assessed", "answered", "booked", "referred", "emergency", "applied")
    ]
    assert seen == ["assessed", "assessed", "booked", "booked", "emergency", "emergency"]


@pytest.mark.parametrize(
    ("slots", "expected"),
    [
        ({"migrant_worker": True, "age": 61}, {"groups": ["migrant_worker", "elderly"], "age_band": "over_60"}),
        ({"age": 13}, {"groups": ["minor"], "age_band": "under_14"}),
        ({"age": 59}, {"groups": None, "age_band": "18_59"}),
        ({"military_status": "veteran"}, {"groups": ["veteran"]}),
        ({"group_dispute": True}, {"group_related": True}),
        ({"danger": "danger_crowd"}, {"group_related": True}),
        ({"matter": "N04"}, {"sensitive": True, "unsafe_to_call": True}),
        ({"assessment_outcome": "likely", "region": "340104"}, {"outcome": "likely", "region": "340104"}),
    ],
    ids=str,
)
def test_会话里说过的自动进台账(slots: dict[str, Any], expected: dict[str, Any]) -> None:
    found = facts_in(slots)
    assert {name: found.get(name) for name in expected} == expected


def test_姓名电话不从会话抄进台账() -> None:
    found = facts_in({"applicant_name": "欧阳测试", "applicant_phone": "13800000001", "matter": "M05A"})
    assert not {"欧阳测试", "13800000001"} & {str(value) for value in found.values()}


def test_值班员接了_台账记谁接的_等了多久(
    open_uow: OpenUow, conversation: Conversation, clock: Clock, operator: UUID
) -> None:
    with open_uow() as uow:
        handoff = handoffs.request(uow, uow.conversations.get(conversation.id), "requested", clock(), hold=True)
    clock.forward(seconds=95)
    with open_uow() as uow:
        handoffs.accept(uow, handoff.id, operator, clock())
    with open_uow() as uow:
        row = uow.consultations.for_conversation(conversation.id)
    assert row is not None and (row.operator_id, row.waited_seconds) == (operator, 95)


def test_电话来询由值班员登记_姓名可以拒绝(open_uow: OpenUow, clock: Clock, operator: UUID) -> None:
    with open_uow() as uow:
        row = consultations.enter(
            uow, "phone", operator, "zhang", clock(), topic="divorce", name_refused=True, citizen_phone="13800000001"
        )
    with open_uow() as uow:
        kept = uow.consultations.get_locked(row.id)
        assert (kept.channel, kept.conversation_id, kept.name_refused, kept.citizen_name) == ("phone", None, True, None)
        assert [one.number for one in uow.consultations.find(LedgerSearch(phone="13800000001"))] == [row.number]
        assert uow.consultations.find(LedgerSearch(phone="13800000002")) == []


@pytest.mark.parametrize(
    "known",
    [
        {"topic": "天气"},
        {"groups": ["migrant_worker", "老板"]},
        {"disposition": "谢绝"},
        {"gender": "x"},
        {"outcome": "approved"},
    ],
    ids=str,
)
def test_不在可选范围的不收_什么都不存(open_uow: OpenUow, clock: Clock, operator: UUID, known: dict[str, Any]) -> None:
    with pytest.raises(UnknownWord), open_uow() as uow:
        consultations.enter(uow, "phone", operator, "zhang", clock(), **known)
    with open_uow() as uow:
        assert uow.consultations.find(LedgerSearch()) == []


def test_没有类别或没告知申请权_锁不了_锁了就改不了_重新打开要留痕(
    open_uow: OpenUow, conversation: Conversation, clock: Clock, operator: UUID
) -> None:
    row = note(open_uow, conversation, clock)
    with pytest.raises(LedgerIncomplete), open_uow() as uow:
        consultations.lock(uow, uow.consultations.get_locked(row.id), operator, "zhang", clock())
    with open_uow() as uow:
        kept = uow.consultations.get_locked(row.id)
        consultations.complete(
            uow, kept, "zhang", clock(), topic="wages", told_right_to_apply=True, summary="欠薪四个月"
        )
        consultations.lock(uow, kept, operator, "zhang", clock())
    with pytest.raises(LedgerLocked), open_uow() as uow:
        consultations.complete(uow, uow.consultations.get_locked(row.id), "zhang", clock(), topic="loans")
    assert note(open_uow, conversation, clock, topic="loans", matter="M05A").topic == "wages"
    with open_uow() as uow:
        consultations.reopen(uow, uow.consultations.get_locked(row.id), "zhang", clock())
    with open_uow() as uow:
        consultations.complete(uow, uow.consultations.get_locked(row.id), "zhang", clock(), topic="loans")
    assert acts(open_uow, row.number) == [
        (audit.BOT, "consultation.opened"),
        ("zhang", "consultation.completed"),
        ("zhang", "consultation.locked"),
        ("zhang", "consultation.reopened"),
        ("zhang", "consultation.completed"),
    ]


def test_每次改动记前后值_个人的内容只记改过(open_uow: OpenUow, conversation: Conversation, clock: Clock) -> None:
    row = note(open_uow, conversation, clock, topic="wages")
    with open_uow() as uow:
        kept = uow.consultations.get_locked(row.id)
        consultations.complete(
            uow, kept, "zhang", clock(), topic="loans", citizen_name="欧阳测试", summary="借给同事三万"
        )
    with open_uow() as uow:
        last = uow.audit.about(row.number)[-1]
    assert last.before == {"topic": "wages", "citizen_name": None, "summary": None}
    assert last.after == {"topic": "loans", "citizen_name": "（不记内容）", "summary": "（不记内容）"}


def test_没有改动就不记(open_uow: OpenUow, conversation: Conversation, clock: Clock) -> None:
    row = note(open_uow, conversation, clock, topic="wages")
    clock.forward(minutes=1)
    note(open_uow, conversation, clock, topic="wages")
    assert acts(open_uow, row.number) == [(audit.BOT, "consultation.opened"), (audit.BOT, "consultation.noted")]


def enter_many(open_uow: OpenUow, clock: Clock, operator: UUID, count: int, **known: Any) -> None:
    for _ in range(count):
        with open_uow() as uow:
            consultations.enter(uow, "phone", operator, "zhang", clock(), **known)


def test_同一用人单位三人来问_提示疑似群体(open_uow: OpenUow, clock: Clock, operator: UUID) -> None:
    enter_many(open_uow, clock, operator, 2, opponent="某某建筑劳务公司", region="340104", matter="M05A")
    with open_uow() as uow:
        assert group_incidents.hints(uow, clock().date()) == []
    enter_many(open_uow, clock, operator, 1, opponent="某某建筑劳务公司", region="340104", matter="M05A")
    with open_uow() as uow:
        (hint,) = group_incidents.hints(uow, clock().date())
    assert (hint.why, hint.people, hint.region, len(hint.numbers)) == ("same_opponent", 3, "340104", 3)


def test_同一个县同一事项七天内十人_提示_跨县或过期不算(open_uow: OpenUow, clock: Clock, operator: UUID) -> None:
    enter_many(open_uow, clock, operator, 9, region="340104", matter="M05A")
    enter_many(open_uow, clock, operator, 5, region="340103", matter="M05A")
    with open_uow() as uow:
        assert group_incidents.hints(uow, clock().date()) == []
    enter_many(open_uow, clock, operator, 1, region="340104", matter="M05A")
    with open_uow() as uow:
        (hint,) = group_incidents.hints(uow, clock().date())
        assert (hint.why, hint.people) == ("same_matter", 10)
        assert group_incidents.hints(uow, clock.forward(days=8).date()) == []


def test_说了有几十个人_一个人也提示(open_uow: OpenUow, conversation: Conversation, clock: Clock) -> None:
    note(open_uow, conversation, clock, **facts_in({"group_dispute": True, "region": "340104"}))
    with open_uow() as uow:
        (hint,) = group_incidents.hints(uow, clock().date())
    assert (hint.why, hint.people, hint.region) == ("told", 1, "340104")
