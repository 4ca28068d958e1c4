"""The ledger (咨询台账): a row for every consultation on every channel.

A talk fills its row in as it goes on; of a phone call, a visit or a letter the operator makes one. The operator completes
it and locks it: from then on only the rating is added. Fields: 12348 ledger practice (咨询台账字段).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID, uuid4

import yaml

from hotline import audit
from hotline.clock import local
from hotline.conversations import Conversation
from hotline.errors import LedgerIncomplete, LedgerLocked, UnknownWord
from hotline.storage import UnitOfWork

CHANNELS = {
    "phone": "电话",
    "web": "网页",
    "wechat": "公众号",
    "mini_program": "小程序",
    "window": "窗口",
    "letter": "信函",
}
DISPOSITIONS = {
    "answered": "即时答复",
    "assessed": "资格初步判断",
    "referred": "引导到工作站",
    "handed_over": "转值班人员",
    "call_back": "约回电",
    "transferred": "转办",
    "booked": "预约",
    "applied": "引导申请",
    "complaint": "投诉",
    "emergency": "转紧急",
}
"""处理方式, the weightiest last: what happens later in a talk replaces only what weighs less."""
OUTCOMES = {"likely": "可能符合", "unlikely": "可能不符合", "more_facts": "还缺情况", "review": "人工核实"}
GROUPS = {
    "migrant_worker": "农民工",
    "laid_off": "下岗失业人员",
    "woman": "妇女",
    "minor": "未成年人",
    "elderly": "老年人",
    "disabled": "残疾人",
    "military": "军人军属",
    "veteran": "退役军人",
    "ethnic_minority": "少数民族",
    "farmer": "农民",
    "low_income": "低保低收入",
    "other": "其他",
}
"""人群类别: several may fit, so they add up to more than the whole."""
AGE_BANDS = {"under_14": "不满14周岁", "14_17": "14至17周岁", "18_59": "18至59周岁", "over_60": "60周岁以上"}
GENDERS = {"male": "男", "female": "女"}
CATEGORIES_FILE = Path(__file__).parent / "ledger_categories.yaml"


@dataclass(frozen=True)
class Category:
    """What a topic counts as in the statistics."""

    name: str
    level1: str
    level2: str


@dataclass(eq=False)
class Consultation:
    """What was asked and what came of it. The citizen's words stay in the conversation; what an operator writes about the
    person is encrypted and may be left out: asking needs no name."""

    AUDITED: ClassVar[tuple[str, ...]] = (
        "channel", "topic", "region", "matter", "outcome", "disposition", "articles", "referred_to", "groups", "gender",
        "age_band", "told_right_to_apply", "group_related", "sensitive", "name_refused", "unsafe_to_call", "operator_id",
        "waited_seconds", "unanswered", "score", "locked_at", "locked_by",
    )  # fmt: skip
    UNRECORDED: ClassVar[tuple[str, ...]] = ("ended_at",)

    number: str
    """流水号: the day and the place in it."""
    channel: str
    started_at: datetime
    day: date
    """The day in Shanghai, by which reports count."""
    ended_at: datetime
    """When the last thing happened; with `started_at` the duration."""
    conversation_id: UUID | None = None
    """None for what came by phone, letter or at a window."""
    operator_id: UUID | None = None
    """Who received it; None: the bot alone."""
    waited_seconds: int | None = None
    """How long for a person; None: nobody was asked for, or nobody came."""
    topic: str | None = None
    region: str | None = None
    matter: str | None = None
    outcome: str | None = None
    disposition: str = "answered"
    articles: list[str] = field(default_factory=list)
    referred_to: list[str] = field(default_factory=list)
    """Ids of the stations that were named."""
    told_right_to_apply: bool = False
    """法律援助法 第二十三条: every consultation must mention the right to apply."""
    claim_yuan: str | None = None
    groups: list[str] = field(default_factory=list)
    gender: str | None = None
    age_band: str | None = None
    group_related: bool = False
    sensitive: bool = False
    unanswered: int = 0
    """How many questions met with no answer; their words are in the conversation."""
    score: int | None = None
    citizen_name: str | None = None
    name_refused: bool = False
    """拒绝提供 is a legitimate answer."""
    citizen_phone: str | None = None
    unsafe_to_call: bool = False
    """不可回拨此号: whoever suffers violence may be overheard."""
    opponent: str | None = None
    """Whom it is about, such as an employer; found again by its exact name."""
    summary: str | None = None
    remarks: str | None = None
    locked_at: datetime | None = None
    locked_by: UUID | None = None
    id: UUID = field(default_factory=uuid4)

    @property
    def seconds(self) -> int:
        """How long it took."""
        return int((self.ended_at - self.started_at).total_seconds())

    def refuse_if_locked(self) -> None:
        """Raises:
        LedgerLocked: an operator has locked the row.
        """
        if self.locked_at is not None:
            raise LedgerLocked(f"{self.number} was locked at {self.locked_at}")


@dataclass(frozen=True)
class LedgerSearch:
    """What to look for in the ledger; None is no condition."""

    first: date | None = None
    last: date | None = None
    channel: str | None = None
    topic: str | None = None
    region: str | None = None
    """A county, or a city or province by its code ending in zeros."""
    matter: str | None = None
    outcome: str | None = None
    disposition: str | None = None
    operator_id: UUID | None = None
    number: str | None = None
    phone: str | None = None
    opponent: str | None = None
    locked: bool | None = None
    unanswered: bool | None = None
    low_score: bool = False
    """Only those rated 1 or 2."""
    before: tuple[datetime, UUID] | None = None
    """Where the page before ended: `started_at` and id of its last row."""
    limit: int = 50


def note(uow: UnitOfWork, conversation: Conversation, at: datetime, **found: Any) -> Consultation:
    """Write what this turn found into the conversation's ledger row; None leaves a field as it was, a locked row stays."""
    row = uow.consultations.for_conversation(conversation.id)
    if row is None:
        uow.conversations.lock(conversation)  # before the day's numbers are, in every unit of work
        row = uow.consultations.for_conversation(conversation.id) or _begin(
            uow, conversation.channel, at, audit.BOT, conversation_id=conversation.id
        )
    if row.locked_at is not None:
        return row
    row.ended_at = max(row.ended_at, at)
    with audit.recorded(uow, row, audit.BOT, "consultation.noted", row.number, at):
        _fill(row, found)
    return row


def facts_in(slots: Mapping[str, Any]) -> dict[str, Any]:
    """What the dialogue knows that belongs into the ledger; no names, no numbers."""
    found = {name: slots.get(name) for name in ("region", "matter", "claim_yuan")}
    found["outcome"] = slots.get("assessment_outcome")
    found["groups"] = _groups_in(slots) or None
    age = slots.get("age")
    found["age_band"] = age_band(int(age)) if age is not None else None
    found["group_related"] = True if slots.get("group_dispute") or slots.get("danger") == "danger_crowd" else None
    if slots.get("matter") == "N04" or slots.get("danger") in ("danger_violence", "danger_child"):
        found["sensitive"] = found["unsafe_to_call"] = True
    return found


def count_unanswered(row: Consultation) -> None:
    """One more question met with no answer."""
    if row.locked_at is None:
        row.unanswered += 1


def add_articles(row: Consultation, articles: list[str]) -> None:
    """Remember the articles that were cited, each once."""
    row.articles = [*row.articles, *(one for one in articles if one not in row.articles)]


def enter(uow: UnitOfWork, channel: str, operator_id: UUID, login: str, at: datetime, **known: Any) -> Consultation:
    """A row for a call, a visit or a letter, by the operator who received it.

    Raises:
        UnknownWord: a code that the ledger does not know.
    """
    check_words(channel=channel, **known)
    row = _begin(uow, channel, at, login, operator_id=operator_id)
    _fill(row, known)
    return row


def complete(uow: UnitOfWork, row: Consultation, login: str, at: datetime, **known: Any) -> None:
    """Put right and add what the talk could not know.

    Raises:
        LedgerLocked: the row is locked; reopen it first.
        UnknownWord: a code that the ledger does not know.
    """
    row.refuse_if_locked()
    check_words(**known)
    with audit.recorded(uow, row, login, "consultation.completed", row.number, at):
        for name, value in known.items():
            setattr(row, name, value)


def lock(uow: UnitOfWork, row: Consultation, operator_id: UUID, login: str, at: datetime) -> None:
    """Close the row.

    Raises:
        LedgerLocked: it is.
        LedgerIncomplete: no topic, or the right to apply was not told (法律援助法 第二十三条).
    """
    row.refuse_if_locked()
    if row.topic is None or not row.told_right_to_apply:
        raise LedgerIncomplete
    with audit.recorded(uow, row, login, "consultation.locked", row.number, at):
        row.locked_at, row.locked_by = at, operator_id
        row.operator_id = row.operator_id or operator_id


def reopen(uow: UnitOfWork, row: Consultation, login: str, at: datetime) -> None:
    """Let a locked row be put right; the record keeps that it was."""
    with audit.recorded(uow, row, login, "consultation.reopened", row.number, at):
        row.locked_at = row.locked_by = None


def check_words(**known: Any) -> None:
    """Raises:
    UnknownWord: a code that the ledger does not know.
    """
    lists: dict[str, Mapping[str, Any]] = {
        "channel": CHANNELS,
        "topic": categories(),
        "disposition": DISPOSITIONS,
        "outcome": OUTCOMES,
        "gender": GENDERS,
        "age_band": AGE_BANDS,
    }
    for name, words in lists.items():
        if known.get(name) is not None and known[name] not in words:
            raise UnknownWord(name)
    if not set(known.get("groups") or ()) <= GROUPS.keys():
        raise UnknownWord("groups")


@cache
def categories() -> Mapping[str, Category]:
    """Topic → what it counts as."""
    raw = yaml.safe_load(CATEGORIES_FILE.read_text(encoding="utf-8"))
    return {topic: Category(**category) for topic, category in raw.items()}


def age_band(age: int) -> str:
    """Which of AGE_BANDS."""
    return "under_14" if age < 14 else "14_17" if age < 18 else "18_59" if age < 60 else "over_60"


def _begin(uow: UnitOfWork, channel: str, at: datetime, actor: str, **more: Any) -> Consultation:
    day = local(at).date()
    row = Consultation(f"ZX{day:%Y%m%d}{uow.consultations.next_of(day):06d}", channel, at, day, at, **more)
    uow.consultations.add(row)
    audit.record(uow, actor, "consultation.opened", row.number, at, channel=channel)
    return row


def _fill(row: Consultation, found: Mapping[str, Any]) -> None:
    weights = list(DISPOSITIONS)
    for name, value in found.items():
        if value is None:
            continue
        if name not in _NAMES:
            raise AttributeError(f"the ledger has no {name}")
        if name == "disposition" and weights.index(value) < weights.index(row.disposition):
            continue
        setattr(row, name, value)


def _groups_in(slots: Mapping[str, Any]) -> list[str]:
    age, military = slots.get("age"), slots.get("military_status")
    fits = {
        "migrant_worker": bool(slots.get("migrant_worker")),
        "minor": age is not None and int(age) < 18,
        "elderly": age is not None and int(age) >= 60,
        "disabled": bool(slots.get("disabled") or slots.get("sensory_disability")),
        "military": military in ("soldier", "military_family", "bereaved_family"),
        "veteran": military == "veteran",
        "low_income": bool(slots.get("assistance_recipient") or slots.get("local_list")),
    }
    return [group for group, fit in fits.items() if fit]


_NAMES = frozenset(one.name for one in fields(Consultation))
