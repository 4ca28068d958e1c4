"""What the law on personal information asks of us: notice, consents, reading with a reason, a copy, erasure.

General advice needs none of it: whoever only asks gives no name and consents to nothing (个人信息保护法 第十六条).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import yaml

from hotline import audit, conversations, handoffs, work_orders
from hotline.applicants import masked_name, masked_phone
from hotline.consultations import Consultation
from hotline.conversations import Conversation
from hotline.errors import NoticeOutdated, UnknownWord
from hotline.storage import UnitOfWork

IMPROVEMENT = "improvement"
"""The purpose of keeping questions that met with no good answer (hotline/gaps.py)."""
NOTICE_FILE = Path(__file__).parent / "privacy_notice.yaml"
REASONS = {
    "call_back": "要给本人回电、回访",
    "emergency": "有人身危险，要联系本人或者报警",
    "handling": "办理本人的申请、投诉、转办",
    "correction": "本人要求更正",
    "quality_check": "质量检查",
    "legal_request": "有权机关依法调取",
}
"""Why an operator may read what is masked."""
REVEALABLE = ("citizen_name", "citizen_phone", "opponent", "summary", "remarks")


@dataclass(frozen=True)
class Purpose:
    """What personal information is wanted for. Each sensitive one is agreed to by itself (第二十九条)."""

    name: str
    why: str
    effect: str
    sensitive: bool


@dataclass(frozen=True)
class Notice:
    """What citizens are told, in force from a day on."""

    version: str
    valid_from: date
    text: str
    purposes: Mapping[str, Purpose]


@dataclass(eq=False)
class Consent:
    """Yes or no to one purpose under one version of the notice; the latest counts."""

    conversation_id: UUID
    purpose: str
    notice_version: str
    given: bool
    at: datetime
    id: UUID = field(default_factory=uuid4)


@dataclass(eq=False)
class Disclosure:
    """An operator read what is masked, and why."""

    at: datetime
    operator_id: UUID
    subject: str
    reason: str
    fields: list[str]
    note: str | None = None
    id: UUID = field(default_factory=uuid4)


def notice_on(day: date) -> Notice:
    """The notice in force on a day.

    Raises:
        LookupError: none was; add a version to privacy_notice.yaml.
    """
    found = [notice for notice in _notices() if notice.valid_from <= day]
    if not found:
        raise LookupError(f"no privacy notice in force on {day}; add a version to {NOTICE_FILE.name}")
    return max(found, key=lambda notice: notice.valid_from)


def decide(uow: UnitOfWork, conversation_id: UUID, purpose: str, given: bool, notice: Notice, at: datetime) -> Consent:
    """Keep a yes or a no; said again it is still one. A no after a yes withdraws it.

    Raises:
        UnknownWord: the notice knows no such purpose.
    """
    if purpose not in notice.purposes:
        raise UnknownWord("purpose")
    last = uow.consents.latest(conversation_id, purpose)
    if last is not None and (last.given, last.notice_version) == (given, notice.version):
        return last
    consent = Consent(conversation_id, purpose, notice.version, given, at)
    uow.consents.add(consent)
    if purpose == IMPROVEMENT and not given:
        uow.gaps.erase(conversation_id)
    act = "consent.given" if given else "consent.withdrawn" if last and last.given else "consent.refused"
    audit.record(uow, audit.CITIZEN, act, str(conversation_id), at, purpose=purpose, notice=notice.version)
    return consent


def current_notice(version: str, on: date) -> Notice:
    """The notice in force, if it is the one that was read.

    Raises:
        NoticeOutdated: it has changed since; show the new one.
    """
    notice = notice_on(on)
    if notice.version != version:
        raise NoticeOutdated
    return notice


def consented(uow: UnitOfWork, conversation_id: UUID, purpose: str) -> bool:
    """Whether the last word was yes."""
    last = uow.consents.latest(conversation_id, purpose)
    return last is not None and last.given


def reveal(
    uow: UnitOfWork, row: Consultation, reason: str, note: str | None, operator_id: UUID, login: str, at: datetime
) -> dict[str, str | None]:
    """The masked fields of a ledger row in clear, for a reason that is kept with who read them.

    Raises:
        UnknownWord: not one of REASONS.
    """
    if reason not in REASONS:
        raise UnknownWord("reason")
    found: dict[str, str | None] = {name: getattr(row, name) for name in REVEALABLE}
    shown = [name for name, value in found.items() if value is not None]
    uow.disclosures.add(Disclosure(at, operator_id, row.number, reason, shown, note))
    audit.record(uow, login, "personal_data.revealed", row.number, at, reason=reason, fields=shown)
    return found


def masked_slots(slots: Mapping[str, Any]) -> dict[str, Any]:
    """What the dialogue knows, as an operator sees it."""
    masks = {"applicant_name": masked_name, "applicant_phone": masked_phone}
    return {name: masks[name](str(value)) if name in masks and value else value for name, value in slots.items()}


def export(uow: UnitOfWork, conversation: Conversation) -> dict[str, Any]:
    """All that is kept about this talk, for the citizen to take away (第四十五条)."""
    row = uow.consultations.for_conversation(conversation.id)
    ledger = ("number", "channel", "topic", "region", "matter", "outcome", "disposition", "articles", *REVEALABLE)
    return {
        "session_id": str(conversation.id),
        "opened_at": conversation.opened_at.isoformat(),
        "messages": [
            {"at": one.created_at.isoformat(), "from": str(one.speaker), "text": one.text}
            for one in uow.events.after(conversation.id, 0)
        ],
        "known": dict(conversation.slots),
        "ledger": {name: getattr(row, name) for name in ledger} if row else None,
        "consents": [
            {"purpose": one.purpose, "given": one.given, "notice": one.notice_version, "at": one.at.isoformat()}
            for one in uow.consents.of_conversation(conversation.id)
        ],
        "kept_questions": [one.question for one in uow.gaps.of_conversation(conversation.id)],
        "ratings": [
            {"score": one.score, "comment": one.comment, "service": one.service}
            for one in uow.ratings.of_conversation(conversation.id)
        ],
        "complaints": [
            {
                "number": one.number,
                "words": one.words,
                "wish": one.wish,
                "status": str(one.status),
                "answer": one.answer,
            }
            for one in uow.complaints.of_conversation(conversation.id)
        ],
        "applications": [
            {
                "number": one.number,
                "name": one.applicant_name,
                "phone": one.applicant_phone,
                "identity_number": one.identity_number,
                "facts": one.facts,
                "form": one.form_data,
            }
            for one in uow.applications.of_conversation(conversation.id)
        ],
        "appointments": [
            {
                "number": one.number,
                "station": one.station_id,
                "starts_at": one.starts_at.isoformat(),
                "kind": str(one.kind),
                "status": str(one.status),
                "contact": one.contact,
            }
            for one in uow.appointments.of_conversation(conversation.id)
        ],
        "proofs": [
            {"kind": str(one.kind), "at": one.uploaded_at.isoformat(), "size": one.size, "sha256": one.sha256}
            for one in uow.proofs.of_conversation(conversation.id)
        ],
        "work_orders": [
            {"number": one.number, "kind": str(one.kind), "status": str(one.status), "phone": one.phone}
            for one in uow.work_orders.of_conversation(conversation.id)
        ],
    }


def forget(uow: UnitOfWork, conversation: Conversation, at: datetime) -> None:
    """Erase what was said and who it was, withdraw every consent, and end the talk (第四十七条).

    Appointments, applications and complaints stay: they have numbers of their own and are kept as casework.
    """
    handoffs.withdraw(uow, conversation, at)
    conversations.forget(uow, conversation)
    row = uow.consultations.for_conversation(conversation.id)
    if row is not None:
        for name in REVEALABLE:
            setattr(row, name, None)
    for rating in uow.ratings.of_conversation(conversation.id):
        rating.comment = None
    for order in uow.work_orders.of_conversation(conversation.id):
        order.phone = order.note = order.result_note = None
        if order.live:
            work_orders.cancel(uow, order, audit.CITIZEN, at)
    notice = notice_on(at.date())
    for purpose in notice.purposes:
        if consented(uow, conversation.id, purpose):
            decide(uow, conversation.id, purpose, False, notice, at)
    audit.record(uow, audit.CITIZEN, "citizen.forgotten", str(conversation.id), at)


@cache
def _notices() -> tuple[Notice, ...]:
    raw: dict[str, dict[str, Any]] = yaml.safe_load(NOTICE_FILE.read_text(encoding="utf-8"))
    return tuple(
        Notice(
            version,
            told["valid_from"],
            told["text"],
            {name: Purpose(**purpose) for name, purpose in told["purposes"].items()},
        )
        for version, told in raw.items()
    )
