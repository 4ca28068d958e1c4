"""Completing a sent application: one question, one answer, one line of the form. Nothing personal stays in slots."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, Services, conversation_id, intent_of, set_slots
from eligibility import Assessment, Facts, assess
from hotline import applications, privacy
from hotline.applicants import Ground, Relation, Representative, is_guardian, read_name, standing_of
from hotline.application_completion import Item, left_open, next_item
from hotline.application_form import (
    LONGEST_SUMMARY,
    Form,
    Hardship,
    HardshipProof,
    HomeVisit,
    LawyerWishes,
    Sex,
)
from hotline.application_states import BEFORE_DECISION
from hotline.applications import Application
from hotline.audit import CITIZEN
from hotline.clock import local
from hotline.errors import GuardianConsentMissing, IdentityInvalid, NameInvalid
from hotline.identity_documents import IdentityType, read_identity
from store.unit_of_work import SqlUnitOfWork

# What is said in answer to 您是申请人的什么人: 孙 stands before 子, 外婆 before 婆.
RELATION_WORDS: tuple[tuple[str, Relation], ...] = (
    ("监护", Relation.GUARDIAN),
    ("孙", Relation.GRANDCHILD),
    ("爷|奶|外公|外婆|姥|祖", Relation.GRANDPARENT),
    ("丈夫|妻|老公|老婆|爱人|配偶|夫", Relation.SPOUSE),
    ("儿子|女儿|闺女|子女", Relation.CHILD),
    ("爸|妈|父|母|爹|娘", Relation.PARENT),
    ("哥|姐|弟|妹", Relation.SIBLING),
    ("邻居|朋友|同事|亲戚|社区|村|其他", Relation.OTHER),
)
GROUND_WORDS: tuple[tuple[str, Ground], ...] = (
    ("监护人.*(打|害|侵|不管)|(打|害|侵).*监护人", Ground.GUARDIAN_AT_FAULT),
    ("未成年|孩子|小孩|岁", Ground.MINOR),
    ("精神|智力|痴呆|植物人|糊涂|不清|认不", Ground.NO_CAPACITY),
    ("抓|关|拘|押|坐牢|服刑|监狱|看守所|戒毒", Ground.DETAINED),
    ("都不是|不方便|托|没空|帮", Ground.HELP),
)
PROOF_WORDS: tuple[tuple[str, HardshipProof], ...] = (
    ("查", HardshipProof.ENQUIRY),
    ("承诺|签", HardshipProof.COMMITMENT),
)
DOCUMENT_WORDS: tuple[tuple[str, IdentityType], ...] = (
    ("永久居留|永居", IdentityType.FOREIGN_PERMANENT_RESIDENT),
    ("护照", IdentityType.PASSPORT),
    ("台胞|台湾.*通行", IdentityType.TAIWAN_PERMIT),
    ("回乡|港澳.*通行|通行证", IdentityType.HK_MACAO_PERMIT),
    ("居住证", IdentityType.RESIDENCE_PERMIT),
    ("军官|士兵|军人|警官", IdentityType.MILITARY),
)
YES_NO = (Item.REPRESENTED, Item.HOME_VISIT, Item.HONESTY)
NO_WISH = re.compile(r"没有|没要求|都行|都可以|随便|无所谓|不用")


class AnswerUnclear(Exception):
    """The reply does not answer the question."""


def live_application(uow: SqlUnitOfWork, tracker: Tracker) -> Application | None:
    """The application of this talk that is not decided yet, about the matter that is being talked of."""
    for one in uow.applications.of_conversation(conversation_id(tracker)):
        if one.status in BEFORE_DECISION and one.matter == (tracker.get_slot("matter") or one.matter):
            return uow.applications.get_locked(one.id)
    return None


def pending_item(tracker: Tracker) -> Item | None:
    """The question of the completion that this message may answer."""
    asking = tracker.get_slot("asking")
    return Item(asking) if asking in set(Item) and tracker.get_slot("journey") == "application" else None


def complete(
    services: Services, uow: SqlUnitOfWork, application: Application, dispatcher: CollectingDispatcher, tracker: Tracker
) -> Events:
    """Take the answer to the pending question, if one was asked, and ask the next."""
    pending, now = pending_item(tracker), services.now()
    if pending is not None:
        try:
            _take(uow, application, pending, tracker, now)
        except GuardianConsentMissing as error:
            dispatcher.utter_message(response="utter_line_refused", sentence=error.sentence)
            return set_slots(journey="none", asking=None, misunderstood=0)
        except (IdentityInvalid, NameInvalid) as error:
            dispatcher.utter_message(response="utter_line_refused", sentence=error.sentence)
            return _ask(dispatcher, pending)
        except AnswerUnclear:
            if not tracker.get_slot("misunderstood"):
                dispatcher.utter_message(response="utter_answer_not_understood")
                return _ask(dispatcher, pending) + set_slots(misunderstood=1)
            _leave(uow, application, pending, now)
    assessment = _assessed(services, application)
    if pending in (Item.RELATION, Item.GROUND):
        _tell_standing(application, dispatcher)
    item = next_item(application, assessment.flags)
    if item is not None:
        return _ask(dispatcher, item) + set_slots(misunderstood=0)
    missing = left_open(application, assessment.flags)
    dispatcher.utter_message(
        response="utter_application_complete",
        number=application.number,
        materials="、".join(assessment.materials) or "身份证或其他有效身份证明",
        missing=f"还没有填的：{'、'.join(missing)}。机构需要时会一次性告诉您。" if missing else "",
    )
    return set_slots(journey="none", asking=None, misunderstood=0)


def _ask(dispatcher: CollectingDispatcher, item: Item) -> Events:
    dispatcher.utter_message(response=f"utter_ask_{item.value}")
    return set_slots(journey="application", asking=item.value)


def _assessed(services: Services, application: Application) -> Assessment:
    return assess(Facts.from_mapping(application.facts), services.today(), services.law)


def _tell_standing(application: Application, dispatcher: CollectingDispatcher) -> None:
    one = application.form.representative
    if one is not None and one.relation is not None and one.ground is not None:
        standing = standing_of(one, application.matter)
        dispatcher.utter_message(response="utter_standing", sentence=standing.sentence, article=standing.article)


def _take(uow: SqlUnitOfWork, application: Application, item: Item, tracker: Tracker, now: datetime) -> None:
    """Write one answer into the form.

    Raises:
        AnswerUnclear, IdentityInvalid, NameInvalid
    """
    intent, text = intent_of(tracker), str(tracker.latest_message.get("text") or "").strip()
    if intent in ("refuse", "dont_know"):
        return _leave(uow, application, item, now)
    form, also = _answered(application, item, intent, text, _entities(tracker), now)
    if item is Item.IDENTITY:  # the question says why and what follows; telling the number is the separate yes
        notice_read = privacy.notice_on(local(now).date())
        privacy.decide(uow, conversation_id(tracker), "identity_document", True, notice_read, now)
    applications.amend(uow, application, form, CITIZEN, now, **also)


def _leave(uow: SqlUnitOfWork, application: Application, item: Item, now: datetime) -> None:
    applications.amend(uow, application, application.form.having_asked(item), CITIZEN, now)


def _answered(
    application: Application, item: Item, intent: str, text: str, entities: Mapping[str, str], now: datetime
) -> tuple[Form, dict[str, Any]]:
    form, one = application.form, application.form.representative
    if item in YES_NO:
        if intent not in ("affirm", "deny"):
            raise AnswerUnclear
        return (_agreed(application, item, now) if intent == "affirm" else form.having_asked(item)), {}
    if item is Item.RELATION and one is not None:
        relation = Relation(entities["relation"]) if "relation" in entities else _first(text, RELATION_WORDS)
        return replace(form, representative=replace(one, relation=relation)), {}
    if item is Item.GROUND and one is not None:
        told = entities.get("representation_ground")
        ground = Ground(told) if told else _first(text, GROUND_WORDS)
        return replace(form, representative=replace(one, ground=ground)), {}
    if item is Item.HARDSHIP_PROOF:
        told = entities.get("hardship_proof")
        proof = HardshipProof(told) if told else _first(text, PROOF_WORDS)
        return replace(form, hardship=replace(form.hardship or Hardship(), proof=proof)), {}
    if not text or intent == "affirm":
        raise AnswerUnclear
    if intent == "deny":
        return form.having_asked(item), {}
    if item is Item.REPRESENTED_NAME:
        return form.having_asked(item), {"applicant_name": read_name(text)}
    if item is Item.IDENTITY:
        told_form, number = _with_identity(form, text, now)
        if one is not None and is_guardian(one, application.matter):  # a guardian tells the child's number by choice
            told_form = replace(told_form, guardian_consented_at=form.guardian_consented_at or now)
        return told_form, number
    if item is Item.WISHES:
        return _with_wishes(form, text), {}
    if item is Item.HOME_ADDRESS and form.home_visit is not None:
        return replace(form, home_visit=replace(form.home_visit, address=text[:200])), {}
    if item is Item.SUMMARY:
        return replace(form, summary=text[:LONGEST_SUMMARY]), {}
    return replace(form, opponent=text[:200]), {}


def _agreed(application: Application, item: Item, now: datetime) -> Form:
    form = application.form
    if item is Item.REPRESENTED:
        who = Representative(application.applicant_name, application.applicant_phone)
        return replace(form, representative=who)
    if item is Item.HOME_VISIT:
        reason = "年满八十周岁或者行动不便（本人自述）"
        return replace(form, home_visit=HomeVisit("", application.applicant_phone, reason))
    return replace(form, honesty_committed_at=now)


def _with_identity(form: Form, text: str, now: datetime) -> tuple[Form, dict[str, Any]]:
    kind = next((kind for words, kind in DOCUMENT_WORDS if re.search(words, text)), IdentityType.RESIDENT_ID)
    number = "".join(re.findall(r"[A-Za-z0-9０-９Ｘ]+", text))
    if not number:
        raise AnswerUnclear
    identity = read_identity(kind, number, local(now).date())
    sex = Sex(identity.sex) if identity.sex else form.sex
    told = replace(form, identity_type=identity.type, born_on=identity.born_on or form.born_on, sex=sex)
    return told, {"identity_number": identity.number}


def _with_wishes(form: Form, text: str) -> Form:
    """性别, 语言, 指定某人 by their words; what is left is taken as the field of work."""
    if NO_WISH.search(text):
        return form.having_asked(Item.WISHES)
    sex = Sex.FEMALE if "女" in text else Sex.MALE if "男" in text else None
    language = re.search(r"(?:讲|说|懂|会)([^，。、\s讲说懂会]{1,6}[话语])", text)
    named = re.search(r"(?:想请|指定|希望由|想要|请)([^，。、\s男女]{1,4}律师)", text)
    plain = not (sex or language or named)
    speciality = re.search(r"(?:熟悉|擅长|懂|专门做)([^，。、\s]{2,20}?)(?:的|$|，)", text)
    wishes = LawyerWishes(
        sex=sex,
        language=language[1] if language else None,
        speciality=speciality[1] if speciality and not language else text[:100] if plain else None,
        named=named[1] if named else None,
    )
    return replace(form, wishes=wishes)


def _first[T](text: str, words: tuple[tuple[str, T], ...]) -> T:
    for pattern, meaning in words:
        if re.search(pattern, text):
            return meaning
    raise AnswerUnclear


def _entities(tracker: Tracker) -> dict[str, str]:
    return {one["entity"]: str(one["value"]) for one in tracker.latest_message.get("entities") or []}
