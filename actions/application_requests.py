"""What applicants ask for once their application is sent: take it back, object to a decision, have another lawyer."""

import re
from collections.abc import Mapping
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, HotlineAction, conversation_id, intent_of, set_slots
from hotline import application_requests as requests
from hotline.application_states import STATUS_WORDS
from hotline.application_time_limits import LimitKind
from hotline.applications import Application
from hotline.clock import day_in_words
from hotline.errors import ApplicationMoved, LookupLocked, PersonNeeded
from store.unit_of_work import SqlUnitOfWork

WITHDRAW, OBJECT, CHANGE_LAWYER = "withdraw", "objection", "lawyer-change"
# What people say; the first that fits counts, so 不服你们换律师的答复 is an objection.
SAID = (
    (OBJECT, "异议|不服|不同意.*决定|申诉|复核|重新审|说理|凭什么不|不予|拒绝?了|驳回|终止"),
    (WITHDRAW, "撤|不(?:想|要|再)?申请了?|取消.*申请|申请.*(?:取消|作废|收回|不要|算了)|退掉"),
    (CHANGE_LAWYER, "律师"),
)
ASKED_LAST: Mapping[str, str] = {
    WITHDRAW: "withdrawal_confirmed",
    OBJECT: "objection_words",
    CHANGE_LAWYER: "lawyer_change_reason",
}
"""The one question that remains when the application is known."""
NOT_POSSIBLE: Mapping[str, str] = {
    WITHDRAW: "utter_withdrawal_not_possible",
    OBJECT: "utter_objection_not_possible",
    CHANGE_LAWYER: "utter_lawyer_change_not_possible",
}
ENDED: Mapping[str, Any] = {
    "journey": "none",
    "asking": None,
    "application_number": None,
    "application_change": None,
    "claimed_application": None,
}
BEFORE_IT_IS_KNOWN = ("application_change", "application_number", "phone_tail")
DOES_NOT_WITHDRAW = "不撤|别撤|先不|不要撤|不用撤|不是|留着"
LONGEST_WORDS = 2000
NO_REASON = "没有说明原因"


class ActionChangeApplication(HotlineAction):
    """Find out what is wanted of which application, and pass it on."""

    def name(self) -> str:
        """Called for `change_application` and for each answer."""
        return "action_change_application"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """What, then which application and whose, then the one thing the agency needs to know."""
        if intent_of(tracker) in ("deny", "refuse") and tracker.get_slot("asking") in BEFORE_IT_IS_KNOWN:
            dispatcher.utter_message(response="utter_journey_ended")
            return set_slots(**ENDED)
        wanted = _wanted(tracker)
        if wanted is None:
            dispatcher.utter_message(response="utter_ask_application_change")
            return set_slots(journey="change", asking="application_change")
        with self.services.open_uow() as uow:
            application, asking = self._claimed(dispatcher, tracker, uow)
            kept = {"application_change": wanted, "claimed_application": application and application.number}
            if asking is not None:
                return set_slots(**kept) + asking
            if application is None:
                return set_slots(**ENDED)
            if _answers(tracker, wanted):
                try:
                    self._pass_on(dispatcher, tracker, uow, application, wanted)
                except ApplicationMoved:  # decided while the last question was answered
                    _say_not_possible(dispatcher, application, wanted)
                return set_slots(**ENDED)
            if wanted not in requests.possible(application):
                _say_not_possible(dispatcher, application, wanted)
                return set_slots(**ENDED)
            dispatcher.utter_message(response=f"utter_ask_{ASKED_LAST[wanted]}")
            return set_slots(**kept, journey="change", asking=ASKED_LAST[wanted])

    def _claimed(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, uow: SqlUnitOfWork
    ) -> tuple[Application | None, Events | None]:
        """The application, for the talk that sent it or who knows number and tail; or what has to be asked first."""
        talk, now = conversation_id(tracker), self.services.now()
        told = _entity(tracker, "application_number") or tracker.get_slot("application_number")
        claimed = tracker.get_slot("claimed_application")
        if claimed and told in (None, claimed):
            return uow.applications.by_number(str(claimed)), None
        own = [one for one in uow.applications.of_conversation(talk) if told in (None, one.number)]
        if own:
            return own[0], None
        if not told:
            dispatcher.utter_message(response="utter_ask_application_number")
            return None, set_slots(journey="change", asking="application_number")
        tail = _entity(tracker, "phone_tail") or (_entity(tracker, "phone") or "")[-4:]
        if not tail:
            dispatcher.utter_message(response="utter_ask_phone_tail")
            return None, set_slots(journey="change", asking="phone_tail", application_number=told)
        try:
            found = requests.claimed(uow, str(told), None, tail, now, str(talk))
        except LookupLocked:
            dispatcher.utter_message(response="utter_progress_locked")
            return None, None
        if found is None:
            dispatcher.utter_message(response="utter_change_not_found")
        return found, None

    def _pass_on(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        uow: SqlUnitOfWork,
        application: Application,
        wanted: str,
    ) -> None:
        now, words = self.services.now(), _words(tracker)
        if wanted == WITHDRAW and not _confirmed(tracker):
            dispatcher.utter_message(response="utter_application_stays", number=application.number)
        elif wanted == WITHDRAW:
            own = application.conversation_id == conversation_id(tracker)
            try:
                requests.withdraw(uow, application, None, own, now)
            except PersonNeeded as error:
                dispatcher.utter_message(response="utter_line_refused", sentence=error.sentence)
            else:
                dispatcher.utter_message(response="utter_application_withdrawn", number=application.number)
        elif wanted == OBJECT and not words:
            dispatcher.utter_message(response="utter_objection_needs_words")
        elif wanted == OBJECT:
            requests.object_to(uow, application, words, now)
            limits = {one.kind: one.due_on for one in uow.applications.limits(application.id)}
            by = limits.get(LimitKind.OBJECTION_REVIEW)
            dispatcher.utter_message(
                response="utter_objection_sent", number=application.number, by=day_in_words(by) if by else "五日内"
            )
        else:
            order = requests.ask_for_another_lawyer(uow, application, words or NO_REASON, now)
            dispatcher.utter_message(
                response="utter_lawyer_change_asked", order=order.number, agency=application.agency
            )


def ways_on(application: Application) -> list[dict[str, str]]:
    """Buttons for what may be asked for now, such as 撤回申请."""
    titles = {WITHDRAW: "撤回申请", OBJECT: "提出异议", CHANGE_LAWYER: "换律师"}
    return [
        {"title": titles[one], "payload": f'/change_application{{"application_change": "{one}"}}'}
        for one in requests.possible(application)
    ]


def _wanted(tracker: Tracker) -> str | None:
    """Which of the three: from the button, from the words that began it, or from what was said before."""
    if (pressed := _entity(tracker, "application_change")) in ASKED_LAST:
        return pressed
    asking, kept = tracker.get_slot("asking"), tracker.get_slot("application_change")
    if intent_of(tracker) == "change_application" or asking == "application_change":
        text = str(tracker.latest_message.get("text") or "")
        said = next((change for change, words in SAID if re.search(words, text)), None)
        return said or (str(kept) if kept in ASKED_LAST and asking != "application_change" else None)
    return str(kept) if kept in ASKED_LAST else None


def _answers(tracker: Tracker, wanted: str) -> bool:
    """Whether this message answers the last question."""
    pressed = _entity(tracker, "application_change") is not None
    return tracker.get_slot("asking") == ASKED_LAST[wanted] and not pressed


def _confirmed(tracker: Tracker) -> bool:
    """是, or 确定撤回; whatever is no clear yes leaves the application where it is."""
    text = str(tracker.latest_message.get("text") or "")
    again = intent_of(tracker) == "change_application" and not re.search(DOES_NOT_WITHDRAW, text)
    return intent_of(tracker) == "affirm" or again


def _words(tracker: Tracker) -> str:
    """The citizen's own words; nothing where they would not say."""
    text = str(tracker.latest_message.get("text") or "").strip()
    return "" if intent_of(tracker) in ("refuse", "deny", "dont_know") or text.startswith("/") else text[:LONGEST_WORDS]


def _say_not_possible(dispatcher: CollectingDispatcher, application: Application, wanted: str) -> None:
    dispatcher.utter_message(
        response=NOT_POSSIBLE[wanted],
        number=application.number,
        status=STATUS_WORDS[application.status],
        buttons=ways_on(application),
    )


def _entity(tracker: Tracker, name: str) -> str | None:
    found = [e["value"] for e in tracker.latest_message.get("entities") or [] if e["entity"] == name]
    return str(found[0]) if found else None
