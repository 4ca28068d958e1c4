"""Sending an application for legal aid, and telling how it stands."""

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, HotlineAction, conversation_id, intent_of, request_key, set_slots
from actions.eligibility import ActionAssessEligibility
from actions.facts import facts_from, notice
from eligibility import assess, next_questions
from hotline import applications, consultations, workstations
from hotline.applications import STATUS_WORDS, Application
from hotline.clock import day_in_words
from hotline.errors import NotFound, TooManyMessages


class ActionSubmitApplication(HotlineAction):
    """Ask for what the agency needs to reach the citizen, then send the application."""

    def name(self) -> str:
        """Called on request and for each answer of the application."""
        return "action_submit_application"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Matter first, then consent, name and phone, one at a time; identity last."""
        noticed = notice(tracker)
        facts = facts_from(tracker, noticed)
        if next_questions(facts, self.services.today(), self.services.law) and facts.matter is None:
            wish = set_slots(**noticed, wants_to_apply=True)
            return wish + ActionAssessEligibility(self.services).go_on(dispatcher, tracker, noticed)
        given = {**noticed, **self._reply(tracker)}
        if given.get("application_consent") is False:
            dispatcher.utter_message(response="utter_application_declined")
            return set_slots(journey="none", asking=None, application_consent=None, wants_to_apply=None)
        for item in ("region", "application_consent", "applicant_name", "applicant_phone"):
            if given.get(item) is None and tracker.get_slot(item) is None:
                again = tracker.get_slot("asking") == item and tracker.get_slot("journey") == "application"
                if again and item == "applicant_phone":
                    dispatcher.utter_message(response="utter_phone_not_understood")
                dispatcher.utter_message(response=f"utter_ask_{item}")
                return set_slots(**given, journey="application", asking=item)
        return self._submit(dispatcher, tracker, given)

    def _submit(self, dispatcher: CollectingDispatcher, tracker: Tracker, given: dict[str, Any]) -> Events:
        facts = facts_from(tracker, given)
        name, phone = (str(given.get(item) or tracker.get_slot(item)) for item in ("applicant_name", "applicant_phone"))
        assessment = assess(facts, self.services.today(), self.services.law)
        now = self.services.now()
        with self.services.open_uow() as uow:
            application = applications.submit(
                uow,
                Application(
                    number=applications.number_for(uow, now),
                    conversation_id=conversation_id(tracker),
                    agency=workstations.centre_for(str(facts.region)).name,
                    region=facts.region,
                    matter=str(facts.matter),
                    outcome=assessment.outcome.value,
                    facts={key: str(value) for key, value in facts.answered().items()},
                    applicant_name=name,
                    applicant_phone=phone,
                    phone_tail=phone[-4:],
                    submitted_at=now,
                    idempotency_key=request_key(tracker, "apply"),
                    wants_woman_lawyer=tracker.get_slot("woman_lawyer"),
                ),
            )
            consultations.note(uow, uow.conversations.get(conversation_id(tracker)), now, disposition="applied")
        materials = "、".join(assessment.materials) or "身份证或其他有效身份证明"
        dispatcher.utter_message(
            response="utter_application_submitted",
            number=application.number,
            agency=application.agency,
            decide_by=day_in_words(application.decide_by),
            materials=materials,
        )
        return set_slots(
            journey="none",
            asking=None,
            wants_to_apply=None,
            applicant_name=None,
            applicant_phone=None,
            application_consent=None,
        )  # identity is not kept in slots longer than the journey that asked for it

    @staticmethod
    def _reply(tracker: Tracker) -> dict[str, Any]:
        asking = tracker.get_slot("asking")
        if asking == "application_consent" and intent_of(tracker) in ("affirm", "deny", "refuse"):
            return {"application_consent": intent_of(tracker) == "affirm"}
        if asking == "applicant_name" and intent_of(tracker) == "inform":
            return {"applicant_name": _name_in(str(tracker.latest_message.get("text") or ""))}
        phones = [e["value"] for e in tracker.latest_message.get("entities") or [] if e["entity"] == "phone"]
        return {"applicant_phone": str(phones[0])} if asking == "applicant_phone" and phones else {}


class ActionTellProgress(HotlineAction):
    """Number and phone tail in, the state of the application out."""

    def name(self) -> str:
        """Called on request and for each answer."""
        return "action_tell_progress"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Ask for the number, then for the last four digits; a wrong pair tells nothing."""
        number = _entity(tracker, "application_number") or tracker.get_slot("application_number")
        if not number:
            dispatcher.utter_message(response="utter_ask_application_number")
            return set_slots(journey="progress", asking="application_number")
        phone = _entity(tracker, "phone_tail") or (_entity(tracker, "phone") or "")[-4:]
        if not phone:
            dispatcher.utter_message(response="utter_ask_phone_tail")
            return set_slots(journey="progress", asking="phone_tail", application_number=number)
        try:
            with self.services.open_uow() as uow:
                application = applications.track(uow, str(number), phone, self.services.now())
        except NotFound:
            application = None
        except TooManyMessages:
            dispatcher.utter_message(response="utter_progress_locked")
            return set_slots(journey="none", asking=None, application_number=None)
        if application is None:
            dispatcher.utter_message(response="utter_progress_not_found")
        else:
            dispatcher.utter_message(
                response="utter_progress",
                number=application.number,
                status=STATUS_WORDS[application.status],
                agency=application.agency,
                decide_by=day_in_words(application.decide_by),
            )
        return set_slots(journey="none", asking=None, application_number=None)


def _entity(tracker: Tracker, name: str) -> str | None:
    found = [e["value"] for e in tracker.latest_message.get("entities") or [] if e["entity"] == name]
    return str(found[0]) if found else None


def _name_in(text: str) -> str:
    """The name without the words around it: 我叫王小花 → 王小花."""
    for lead in ("我的名字叫", "我的名字是", "我名字叫", "我叫", "我是", "叫我", "姓名", "免贵姓", "我姓"):
        if text.startswith(lead):
            text = text.removeprefix(lead)
            break
    return text.strip(" ：:，,。.！!")
