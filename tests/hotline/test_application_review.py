"""What the agency does with an application: the order of its states, its clocks, its history, what the citizen hears."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from hotline import application_review as review
from hotline import applications
from hotline.applicants import Ground as Why
from hotline.applicants import Relation, Representative
from hotline.application_form import Form, LawyerWishes, Sex
from hotline.application_review import ProvisionalGround, assignment_hints
from hotline.application_states import (
    NEXT,
    OVER,
    STAGES,
    STATUS_WORDS,
    TERMINATION_WORDS,
    ApplicationStatus,
    Lane,
    Stage,
)
from hotline.application_states import TerminationGround as Ground
from hotline.application_time_limits import LimitKind, TimeLimit, last_day, rule_on
from hotline.applications import Application
from hotline.conversations import Conversation
from hotline.errors import (
    ApplicationMoved,
    ConfirmationMissing,
    ConsentMissing,
    DayNotPossible,
    LawyerUnknown,
    ReasonMissing,
    SupplementAlreadyAsked,
)
from store.unit_of_work import OpenUow, SqlUnitOfWork
from tests.conftest import Clock

S = ApplicationStatus
OPERATOR = "zhang"
type Act = Callable[[SqlUnitOfWork, Application, datetime], None]


def an_application(conversation: Conversation | None, clock: Clock, number: str, **others: object) -> Application:
    sent = Application(
        number=number,
        conversation_id=conversation.id if conversation else None,
        agency="合肥市蜀山区法律援助中心",
        region="340104",
        matter="M05A",
        outcome="likely",
        facts={},
        applicant_name="申请人甲",
        applicant_phone="13800001234",
        phone_tail="1234",
        submitted_at=clock(),
        idempotency_key=number,
    )
    for name, value in others.items():
        setattr(sent, name, value)
    return sent


@pytest.fixture
def sent(open_uow: OpenUow, conversation: Conversation, clock: Clock) -> Application:
    with open_uow() as uow:
        number = applications.number_for(uow, clock())
        return applications.submit(uow, an_application(conversation, clock, number))


@pytest.fixture
def do(open_uow: OpenUow, sent: Application, clock: Clock) -> Callable[..., Application]:
    """Plays acts in units of work of their own; gives the application as it then stands."""

    def play(*acts: Act, on: Application = sent) -> Application:
        for act in acts:
            with open_uow() as uow:
                act(uow, uow.applications.get_locked(on.id), clock())
        with open_uow() as uow:
            return uow.applications.get_locked(on.id)

    return play


def accept(uow: SqlUnitOfWork, one: Application, at: datetime) -> None:
    review.accept(uow, one, OPERATOR, at)


def ask(uow: SqlUnitOfWork, one: Application, at: datetime) -> None:
    review.ask_for_supplement(uow, one, ["身份证", "欠条"], date(2026, 12, 4), OPERATOR, at)


def grant(uow: SqlUnitOfWork, one: Application, at: datetime) -> None:
    review.grant(uow, one, "属于第四十二条第三项", OPERATOR, at)


def refuse(uow: SqlUnitOfWork, one: Application, at: datetime) -> None:
    review.refuse(uow, one, "不在第三十一条的事项内", OPERATOR, at)


def terminate(uow: SqlUnitOfWork, one: Application, at: datetime) -> None:
    review.terminate(uow, one, Ground.OWN_LAWYER, "已自行委托", OPERATOR, at)


def object_today(uow: SqlUnitOfWork, one: Application, at: datetime) -> None:
    review.object_to(uow, one, "我是农民工", date(2026, 11, 23), OPERATOR, at)


def settle(upheld: bool) -> Act:
    return lambda uow, one, at: review.settle_objection(uow, one, upheld, "经审查", OPERATOR, at)


def follow(after: ApplicationStatus) -> Act:
    return lambda uow, one, at: review.follow(uow, one, after, OPERATOR, at)


def clocks(open_uow: OpenUow, one: Application) -> dict[LimitKind, TimeLimit]:
    with open_uow() as uow:
        return {limit.kind: limit for limit in uow.applications.limits(one.id)}


def heard(open_uow: OpenUow, one: Application) -> list[str]:
    with open_uow() as uow:
        messages = uow.outbox.waiting_about(one.number, "application_news")
        return [message.blocks[0]["text"] for message in sorted(messages, key=lambda m: int(m.key.split(":")[1]))]


# States


def test_九个阶段都有名字_每个状态都有阶段和给来询人看的话() -> None:
    assert {stage.value for stage in Stage} == {"接待", "申请", "受理", "审批", "指派", "办理", "结案", "归档", "评估"}
    assert set(STAGES) == set(STATUS_WORDS) == set(NEXT) == set(S)
    assert set(STAGES.values()) == set(Stage)


def test_每个状态都走得到() -> None:
    reached, frontier = {S.DRAFT, S.NOTIFIED}, {S.DRAFT, S.NOTIFIED}
    while frontier:
        frontier = {after for one in frontier for after in NEXT[one]} - reached
        reached |= frontier
    assert reached == set(S)


def test_从提交到评估_一步不少_历史记下谁做的(do: Callable[..., Application], open_uow: OpenUow, clock: Clock) -> None:
    later = (S.ASSIGNED, S.IN_PROGRESS, S.CLOSED, S.ARCHIVED, S.EVALUATED)
    done = do(accept, grant, *map(follow, later))
    assert (done.status, done.stage) == (S.EVALUATED, Stage.EVALUATION)
    with open_uow() as uow:
        steps = uow.applications.steps(done.id)
    assert [one.after for one in steps] == [S.SUBMITTED, S.ACCEPTED, S.GRANTED, *later]
    assert [one.before for one in steps] == [None, S.SUBMITTED, S.ACCEPTED, S.GRANTED, *later[:-1]]
    assert [one.actor for one in steps] == ["citizen"] + [OPERATOR] * 7
    assert [one.seq for one in steps] == list(range(1, 9))
    assert steps[2].details == {"reason": "属于第四十二条第三项"}


@pytest.mark.parametrize("act", [accept, ask, grant, refuse, terminate, object_today, settle(True)])
@pytest.mark.parametrize("over", sorted(OVER))
def test_办完了的什么都不能再做(
    open_uow: OpenUow, do: Callable[..., Application], over: ApplicationStatus, act: Act
) -> None:
    def end(_uow: SqlUnitOfWork, one: Application, _at: datetime) -> None:
        one.status = over

    do(end)
    with pytest.raises(ApplicationMoved):
        do(act)
    assert do().last_step == 1


def test_两个人同时作决定_后一个被告知别人办过了(do: Callable[..., Application]) -> None:
    do(grant)
    with pytest.raises(ApplicationMoved):
        do(refuse)
    assert do().status is S.GRANTED


def test_没有理由不能作决定(do: Callable[..., Application]) -> None:
    for act in (review.grant, review.refuse, review.withdraw):
        with pytest.raises(ReasonMissing):
            do(lambda uow, one, at, act=act: act(uow, one, "  ", OPERATOR, at))
    assert do().status is S.SUBMITTED


# Supplement


def test_补正_一次告知_到期前提醒_补齐了接着审(do: Callable[..., Application], open_uow: OpenUow, clock: Clock) -> None:
    asked = do(ask)
    assert (asked.status, asked.supplement) == (S.SUPPLEMENT, ["身份证", "欠条"])
    assert "12月4日（周五）以前补交：1. 身份证；2. 欠条" in heard(open_uow, asked)[-1]
    assert clocks(open_uow, asked)[LimitKind.SUPPLEMENT].due_on == date(2026, 12, 4)
    back = do(accept)
    assert clocks(open_uow, back)[LimitKind.SUPPLEMENT].met_at == clock()
    with pytest.raises(SupplementAlreadyAsked):
        do(ask)


@pytest.mark.parametrize(
    ("items", "day", "error"),
    [
        ([], date(2026, 12, 4), ReasonMissing),
        (["", "  "], date(2026, 12, 4), ReasonMissing),
        (["身份证"], date(2026, 11, 22), DayNotPossible),
        (["身份证"], date(2027, 11, 22), DayNotPossible),
    ],
    ids=["什么都没写", "只有空格", "期限在昨天", "期限写错了年份"],
)
def test_补正通知写得不对不发(
    do: Callable[..., Application], items: list[str], day: date, error: type[Exception]
) -> None:
    with pytest.raises(error):
        do(lambda uow, one, at: review.ask_for_supplement(uow, one, items, day, OPERATOR, at))
    assert (do().status, do().supplement) == (S.SUBMITTED, None)


def test_补正期限没过不能视为撤回_过了由人确认(do: Callable[..., Application], clock: Clock) -> None:
    def lapse(uow: SqlUnitOfWork, one: Application, at: datetime) -> None:
        review.lapse(uow, one, OPERATOR, at)

    do(ask)
    clock.at = datetime(2026, 12, 4, 15, 59, tzinfo=UTC)
    with pytest.raises(DayNotPossible):
        do(lapse)
    clock.at = datetime(2026, 12, 4, 16, 0, tzinfo=UTC)
    assert do(lapse).status is S.LAPSED


# Clocks


@pytest.mark.parametrize(
    ("kind", "began", "last"),
    [
        (LimitKind.DECISION, datetime(2026, 11, 23, 1, tzinfo=UTC), date(2026, 11, 30)),
        (LimitKind.DECISION, datetime(2026, 11, 21, 1, tzinfo=UTC), date(2026, 11, 30)),
        (LimitKind.DECISION, datetime(2026, 9, 25, 1, tzinfo=UTC), date(2026, 10, 8)),
        (LimitKind.DECISION, datetime(2026, 10, 3, 1, tzinfo=UTC), date(2026, 10, 10)),
        (LimitKind.ASSIGNMENT, datetime(2026, 11, 30, 1, tzinfo=UTC), date(2026, 12, 3)),
        (LimitKind.AGREEMENT, datetime(2026, 12, 3, 1, tzinfo=UTC), date(2026, 12, 8)),
        (LimitKind.OBJECTION_REVIEW, datetime(2026, 11, 24, 1, tzinfo=UTC), date(2026, 11, 30)),
        (LimitKind.NOTICE, datetime(2026, 11, 23, 1, tzinfo=UTC), date(2026, 11, 26)),
        (LimitKind.FORWARDING, datetime(2026, 11, 27, 1, tzinfo=UTC), date(2026, 11, 28)),
        (LimitKind.FAST_LANE, datetime(2026, 11, 23, 1, tzinfo=UTC), date(2026, 11, 23)),
        (LimitKind.FAST_LANE, datetime(2026, 11, 27, 9, tzinfo=UTC), date(2026, 11, 30)),
        (LimitKind.FAST_LANE, datetime(2026, 10, 10, 1, tzinfo=UTC), date(2026, 10, 10)),
    ],
    ids=[
        "七日到周一",
        "末日是周六顺延到周一",
        "末日在国庆假里顺延到上班那天",
        "末日是调休上班的周六不顺延",
        "指派三日",
        "签协议五日",
        "异议五日末日周日顺延",
        "通知后三日指派",
        "转交二十四小时连周六也算",
        "快速通道当天",
        "快速通道周五下班后算下个工作日",
        "快速通道调休的周六照样当天",
    ],
)
def test_时限的最后一天(kind: LimitKind, began: datetime, last: date) -> None:
    assert last_day(kind, began) == last


def test_每条时限都有法条(open_uow: OpenUow, do: Callable[..., Application]) -> None:
    for kind in LimitKind:
        rule = rule_on(kind, date(2026, 11, 23))
        assert rule.basis.startswith("《") or rule.promise
        assert rule.law and rule.article and rule.name
    with pytest.raises(LookupError):
        rule_on(LimitKind.DECISION, date(2021, 12, 31))


def test_决定了_审查的钟停_指派的钟走_指派了_签协议的钟走(
    do: Callable[..., Application], open_uow: OpenUow, clock: Clock
) -> None:
    running = clocks(open_uow, do())
    assert set(running) == {LimitKind.DECISION} and running[LimitKind.DECISION].due_on == date(2026, 11, 30)
    granted_at = clock.forward(days=2)
    running = clocks(open_uow, do(grant))
    assert running[LimitKind.DECISION].met_at == granted_at
    assert running[LimitKind.ASSIGNMENT].due_on == date(2026, 11, 30), "三日到周六，顺延到周一"
    running = clocks(open_uow, do(follow(S.ASSIGNED)))
    assert running[LimitKind.ASSIGNMENT].met_at == granted_at
    assert running[LimitKind.AGREEMENT].met_at is None
    do(lambda uow, one, at: review.note_agreement(uow, one, OPERATOR, at))
    assert clocks(open_uow, do())[LimitKind.AGREEMENT].met_at == granted_at


def test_补材料的时候七日的钟不停(do: Callable[..., Application], open_uow: OpenUow) -> None:
    assert clocks(open_uow, do(ask))[LimitKind.DECISION].met_at is None


def test_快到期提醒一次_过期升级一次_历史里有法条(
    do: Callable[..., Application], open_uow: OpenUow, clock: Clock
) -> None:
    def watch() -> list[tuple[LimitKind, bool]]:
        with open_uow() as uow:
            return [(limit.kind, limit.escalated_at is not None) for limit in review.watch(uow, clock())]

    assert watch() == []
    clock.at = datetime(2026, 11, 28, 15, 59, tzinfo=UTC)
    assert watch() == []
    clock.at = datetime(2026, 11, 28, 16, 0, tzinfo=UTC)
    assert watch() == [(LimitKind.DECISION, False)]
    assert watch() == []
    clock.at = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
    assert watch() == [(LimitKind.DECISION, True)]
    assert watch() == []
    with open_uow() as uow:
        near, passed = uow.applications.steps(do().id)[1:]
    assert (near.act, passed.act, passed.actor) == ("time_limit.near", "time_limit.passed", "system")
    assert passed.details == {
        "kind": "decision",
        "last_day": "2026-11-30",
        "basis": "《法律援助法》第四十三条第一款",
    }
    assert "12348" in heard(open_uow, do())[-1] and "期限（11月30日（周一））到了" in heard(open_uow, do())[-1]
    assert do(grant).status is S.GRANTED, "过了期限也要作决定"


def test_离线三个月再看_只升级不补发提醒(open_uow: OpenUow, do: Callable[..., Application], clock: Clock) -> None:
    clock.forward(days=90)
    with open_uow() as uow:
        assert [limit.escalated_at for limit in review.watch(uow, clock())] == [clock()]
    with open_uow() as uow:
        assert review.watch(uow, clock()) == []


def test_快速通道_当日的钟和七日的钟一起走(open_uow: OpenUow, conversation: Conversation, clock: Clock) -> None:
    with open_uow() as uow:
        fast = applications.submit(
            uow, an_application(conversation, clock, applications.number_for(uow, clock()), lane=Lane.FAST)
        )
    running = clocks(open_uow, fast)
    assert running[LimitKind.FAST_LANE].due_at == datetime(2026, 11, 23, 9, 0, tzinfo=UTC), "下班时间"
    assert running[LimitKind.FAST_LANE].rule.promise and not running[LimitKind.DECISION].rule.promise


@pytest.mark.parametrize(
    ("flags", "region", "lane"),
    [
        (("green_channel",), "340104", Lane.FAST),
        (("green_channel",), "510104", Lane.GREEN),
        (("hardship_check_exempt",), "340104", Lane.ORDINARY),
        (("green_channel",), None, Lane.GREEN),
    ],
    ids=["安徽当日", "成都先受理再审查", "普通", "不知道在哪"],
)
def test_走哪条通道(flags: tuple[str, ...], region: str | None, lane: Lane, clock: Clock) -> None:
    assert applications.lane_for(flags, region, clock()) is lane


# Green lane, urgent, objection


def test_绿色通道先受理_材料后补_和先行提供不是一回事(do: Callable[..., Application], open_uow: OpenUow) -> None:
    first = do(lambda uow, one, at: review.accept(uow, one, OPERATOR, at, before_papers=True))
    assert (first.status, first.stage) == (S.ACCEPTED_FIRST, Stage.ACCEPTANCE)
    assert do(ask, accept, grant).status is S.GRANTED
    assert [text.split("：")[1][:14] for text in heard(open_uow, first)][:1] == ["法律援助机构已先行受理，请尽"]


def test_先行提供_写明是第四十四条哪一项_七日照走(do: Callable[..., Application], open_uow: OpenUow) -> None:
    ahead = do(
        lambda uow, one, at: review.provide_first(
            uow, one, ProvisionalGround.LIMITATION, "仲裁时效还剩三天", OPERATOR, at
        )
    )
    assert (ahead.status, ahead.stage) == (S.PROVISIONAL, Stage.DECISION)
    assert clocks(open_uow, ahead)[LimitKind.DECISION].met_at is None
    with open_uow() as uow:
        assert "不足七日" in uow.applications.steps(ahead.id)[-1].details["words"]
    assert do(grant).status is S.GRANTED


def test_不予援助_可以异议_维持就到头_责令改正就重新审(
    do: Callable[..., Application], open_uow: OpenUow, clock: Clock
) -> None:
    refused = do(refuse)
    assert "司法局" in heard(open_uow, refused)[-1] and "第四十九条" in heard(open_uow, refused)[-1]
    objected = do(object_today)
    assert clocks(open_uow, objected)[LimitKind.OBJECTION_REVIEW].due_on == date(2026, 11, 30), "五日到周六，顺延"
    with pytest.raises(ApplicationMoved):
        do(follow(S.ASSIGNED))
    again = do(settle(False))
    assert again.status is S.ACCEPTED
    assert clocks(open_uow, again)[LimitKind.OBJECTION_REVIEW].met_at == clock()
    do(refuse, object_today)
    assert do(settle(True)).status is S.UPHELD
    assert "行政复议" in heard(open_uow, again)[-1]


def test_异议的收到日不能在明天(do: Callable[..., Application]) -> None:
    do(refuse)
    with pytest.raises(DayNotPossible):
        do(lambda uow, one, at: review.object_to(uow, one, "不服", date(2026, 11, 24), OPERATOR, at))


def test_昨天收到的异议_从昨天起算(do: Callable[..., Application], open_uow: OpenUow) -> None:
    do(refuse, lambda uow, one, at: review.object_to(uow, one, "不服", date(2026, 11, 20), OPERATOR, at))
    assert clocks(open_uow, do())[LimitKind.OBJECTION_REVIEW].due_on == date(2026, 11, 25)


def test_终止后异议成立_从终止前的地方接着办(do: Callable[..., Application]) -> None:
    do(grant, follow(S.ASSIGNED), follow(S.IN_PROGRESS), terminate)
    assert do(object_today, settle(False)).status is S.IN_PROGRESS


def test_八种终止情形都写明第几项() -> None:
    assert len(TERMINATION_WORDS) == len(Ground) == 8
    assert [words[-5:-1][-3:] for words in TERMINATION_WORDS.values()] == [f"第{n}项" for n in "一二三四五六七八"]


# Who sends it


def test_没有权的人代为联系_照样收下_本人确认以前不作给予决定(
    open_uow: OpenUow, conversation: Conversation, clock: Clock, do: Callable[..., Application]
) -> None:
    neighbour = Representative("邻居乙", "13900001234", Relation.OTHER, Why.HELP)
    with open_uow() as uow:
        one = an_application(conversation, clock, applications.number_for(uow, clock()))
        one.form = Form(representative=neighbour)
        applications.submit(uow, one)
    assert one.needs_confirmation
    with pytest.raises(ConfirmationMissing):
        do(grant, on=one)
    confirmed = do(lambda uow, it, at: review.confirm(uow, it, OPERATOR, at), grant, on=one)
    assert confirmed.status is S.GRANTED
    with pytest.raises(ApplicationMoved):
        do(lambda uow, it, at: review.confirm(uow, it, OPERATOR, at), on=one)


def test_电话里代填_读过_同意了才提交_从提交那天起算(
    open_uow: OpenUow, clock: Clock, do: Callable[..., Application]
) -> None:
    with open_uow() as uow:
        number = applications.number_for(uow, clock())
        kept = applications.draft(uow, an_application(None, clock, number, channel="phone"), OPERATOR, clock())
        assert applications.draft(uow, an_application(None, clock, number), OPERATOR, clock()) is kept
    assert (kept.status, kept.stage, kept.submitted_at) == (S.DRAFT, Stage.RECEPTION, None)
    with open_uow() as uow:
        assert applications.track(uow, number, "1234", clock()) is None, "草稿查不到"
    with pytest.raises(ConsentMissing):
        do(lambda uow, one, at: applications.submit_draft(uow, one, OPERATOR, at), on=kept)
    sent_at = clock.forward(days=1)

    def agreed(uow: SqlUnitOfWork, one: Application, at: datetime) -> None:
        applications.amend(uow, one, Form(consented_at=at, read_back_at=at, summary="欠薪四个月"), OPERATOR, at)
        assert any("欠薪四个月" in sentence for sentence in applications.read_back(one))
        applications.submit_draft(uow, one, OPERATOR, at)

    sent = do(agreed, on=kept)
    assert (sent.status, sent.submitted_at) == (S.SUBMITTED, sent_at)
    assert clocks(open_uow, sent)[LimitKind.DECISION].started_at == sent_at
    with open_uow() as uow:
        changed = uow.applications.steps(sent.id)[1].details["changed"]
    assert changed["summary"] == [None, "欠薪四个月"]
    with pytest.raises(ApplicationMoved):
        do(lambda uow, one, at: applications.submit_draft(uow, one, OPERATOR, at), on=kept)


def test_同一个手机号两个名字看得出来_同一个人的几份申请找得到(
    open_uow: OpenUow, conversation: Conversation, clock: Clock, sent: Application
) -> None:
    with open_uow() as uow:
        number = applications.number_for(uow, clock())
        other = applications.submit(uow, an_application(conversation, clock, number, applicant_name="申请人乙"))
    with open_uow() as uow:
        assert applications.same_phone_other_name(uow, uow.applications.get_locked(other.id))
        assert [one.number for one in applications.same_person(uow, other)] == [sent.number]


def test_指派要留意什么_法律要求的写法条_本人的希望只是希望(do: Callable[..., Application], open_uow: OpenUow) -> None:
    one = do(accept)
    assert assignment_hints(one) == []
    one.facts = {**one.facts, "age": 16, "life_or_death_sentence": True}
    one.form = replace(one.form, wishes=LawyerWishes(sex=Sex.FEMALE, language="彝语", named="某律师"))
    hints = assignment_hints(one)
    assert [hint.partition("《")[2][:6] for hint in hints[:2]] == ["法律援助法》", "未成年人保护"]
    assert ["女律师" in hints[2], "彝语" in hints[3], "某律师" in hints[4]] == [True] * 3
    assert all("不是承诺" in hint for hint in hints[2:]) and len(hints) == 5


def test_重大疑难_标了再标不行_没理由不行_办完了不标_状态不变(do: Callable[..., Application]) -> None:
    def mark(difficult: bool, reason: str = "社会影响大") -> Act:
        return lambda uow, one, at: review.mark_difficult(uow, one, difficult, reason, OPERATOR, at)

    with pytest.raises(ReasonMissing):
        do(mark(True, " "))
    one = do(accept, mark(True))
    assert (one.difficult, one.status) == (True, S.ACCEPTED)
    with pytest.raises(ApplicationMoved):
        do(mark(True))
    assert do(mark(False)).difficult is False
    do(lambda uow, one, at: review.withdraw(uow, one, "自己解决了", OPERATOR, at))
    with pytest.raises(ApplicationMoved):
        do(mark(True))


def test_指派可以先不写是谁_名册里没有的不记(do: Callable[..., Application], open_uow: OpenUow) -> None:
    def assign(licence_number: str | None) -> Act:
        return lambda uow, one, at: review.follow(uow, one, S.ASSIGNED, OPERATOR, at, licence_number)

    do(accept, lambda uow, one, at: review.grant(uow, one, "第四十二条", OPERATOR, at))
    with pytest.raises(LawyerUnknown):
        do(assign("TEST-没有"))
    one = do(assign(None))
    with open_uow() as uow:
        assert uow.applications.steps(one.id)[-1].details == {}
