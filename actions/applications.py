"""Sending an application for legal aid, and telling how it stands."""

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.application_completion import complete, live_application, pending_item
from actions.application_requests import ways_on
from actions.base import Events, HotlineAction, conversation_id, intent_of, request_key, set_slots
from actions.eligibility import ActionAssessEligibility
from actions.facts import facts_from, notice
from eligibility import assess, next_questions
from hotline import applications, appointments_reach, consultations, privacy, workstations
from hotline.applicants import CHILD, Ground, Representative, read_name
from hotline.application_form import Form, LawyerWishes, Sex
from hotline.application_states import BEFORE_DECISION, STATUS_WORDS, ApplicationStatus
from hotline.applications import Application, told
from hotline.appointments import Appointment
from hotline.clock import day_in_words, in_words
from hotline.errors import LookupLocked, NameInvalid, PersonNeeded
from hotline.reference_numbers import APPOINTMENT
from store.unit_of_work import SqlUnitOfWork


class ActionSubmitApplication(HotlineAction):
    """Ask for what the agency needs to reach the citizen, then send the application."""

    def name(self) -> str:
        """Called on request and for each answer of the application."""
        return "action_submit_application"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Matter first, then consent, name and phone, one at a time; then it is sent, and may be completed."""
        if intent_of(tracker) == "apply_legal_aid" or pending_item(tracker) is not None:
            with self.services.open_uow() as uow:
                sent = live_application(uow, tracker)
                if sent is not None:
                    return complete(self.services, uow, sent, dispatcher, tracker)
        noticed = notice(tracker)
        facts = facts_from(tracker, noticed)
        if next_questions(facts, self.services.today(), self.services.law) and facts.matter is None:
            wish = set_slots(**noticed, wants_to_apply=True)
            return wish + ActionAssessEligibility(self.services).go_on(dispatcher, tracker, noticed)
        try:
            given = {**noticed, **self._reply(tracker)}
        except NameInvalid as error:
            dispatcher.utter_message(response="utter_line_refused", sentence=error.sentence)
            dispatcher.utter_message(response="utter_ask_applicant_name")
            return []
        child = facts.age is not None and facts.age < CHILD
        if given.get("application_consent") is False and child:
            dispatcher.utter_message(response="utter_guardian_needed")
            return set_slots(journey="none", asking=None, application_consent=None, wants_to_apply=None)
        if given.get("application_consent") is False:
            dispatcher.utter_message(response="utter_application_declined")
            return set_slots(journey="none", asking=None, application_consent=None, wants_to_apply=None)
        for item in ("region", "application_consent", "applicant_name", "applicant_phone"):
            if given.get(item) is None and tracker.get_slot(item) is None:
                again = tracker.get_slot("asking") == item and tracker.get_slot("journey") == "application"
                if again and item == "applicant_phone":
                    dispatcher.utter_message(response="utter_phone_not_understood")
                dispatcher.utter_message(response=_question(item, child))
                return set_slots(**given, journey="application", asking=item)
        return self._submit(dispatcher, tracker, given)

    def _submit(self, dispatcher: CollectingDispatcher, tracker: Tracker, given: dict[str, Any]) -> Events:
        facts = facts_from(tracker, given)
        name, phone = (str(given.get(item) or tracker.get_slot(item)) for item in ("applicant_name", "applicant_phone"))
        assessment = assess(facts, self.services.today(), self.services.law)
        now = self.services.now()
        child = facts.age is not None and facts.age < CHILD
        with self.services.open_uow() as uow:
            application = applications.submit(
                uow,
                Application(
                    number=applications.number_for(uow, now),
                    conversation_id=conversation_id(tracker),
                    agency=workstations.centre_for(uow, str(facts.region)).name,
                    region=facts.region,
                    matter=str(facts.matter),
                    outcome=assessment.outcome.value,
                    facts=told(facts),
                    applicant_name=name,
                    applicant_phone=phone,
                    phone_tail=phone[-4:],
                    submitted_at=now,
                    idempotency_key=request_key(tracker, "apply"),
                    form_data=Form(
                        wishes=LawyerWishes(sex=Sex.FEMALE if tracker.get_slot("woman_lawyer") else None),
                        consented_at=now,
                        representative=Representative(name, phone, ground=Ground.MINOR) if child else None,
                        guardian_consented_at=now if child else None,
                    ).as_json(),
                    lane=applications.lane_for(assessment.flags, facts.region, now),
                    urgent=assessment.aid == "urgent",
                ),
            )
            consultations.note(uow, uow.conversations.get(conversation_id(tracker)), now, disposition="applied")
            notice_read = privacy.notice_on(self.services.today())
            for purpose in ("application", "guardian") if child else ("application",):
                privacy.decide(uow, conversation_id(tracker), purpose, True, notice_read, now)
            other_name = applications.same_phone_other_name(uow, application)
        materials = "、".join(assessment.materials) or "身份证或其他有效身份证明"
        dispatcher.utter_message(
            response="utter_application_submitted",
            number=application.number,
            agency=application.agency,
            decide_by=day_in_words(application.decide_by),
            materials=materials,
        )
        if other_name:
            dispatcher.utter_message(response="utter_phone_has_other_name")
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
            return {"applicant_name": read_name(_name_in(str(tracker.latest_message.get("text") or "")))}
        phones = [e["value"] for e in tracker.latest_message.get("entities") or [] if e["entity"] == "phone"]
        return {"applicant_phone": str(phones[0])} if asking == "applicant_phone" and phones else {}


class ActionTellProgress(HotlineAction):
    """Number and phone tail in, the state of the application out."""

    def name(self) -> str:
        """Called on request and for each answer."""
        return "action_tell_progress"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Ask for the number, then for the last four digits; a wrong pair tells nothing."""
        told = _entity(tracker, "application_number") or _entity(tracker, "appointment_number")
        number = told or tracker.get_slot("application_number")
        if not number:
            dispatcher.utter_message(response="utter_ask_application_number")
            return set_slots(journey="progress", asking="application_number")
        if str(number).startswith(APPOINTMENT) and self._tell_own_appointment(dispatcher, tracker, str(number)):
            return set_slots(journey="none", asking=None, application_number=None)
        phone = _entity(tracker, "phone_tail") or (_entity(tracker, "phone") or "")[-4:]
        if not phone:
            dispatcher.utter_message(response="utter_ask_phone_tail")
            return set_slots(journey="progress", asking="phone_tail", application_number=number)
        if str(number).startswith(APPOINTMENT):
            self._tell_appointment(dispatcher, tracker, str(number), phone)
            return set_slots(journey="none", asking=None, application_number=None)
        try:
            with self.services.open_uow() as uow:
                caller = str(conversation_id(tracker))
                application = applications.track(uow, str(number), phone, self.services.now(), caller)
        except LookupLocked:
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
                more=_what_is_next(application),
                buttons=ways_on(application),
            )
        claimed = application.number if application is not None else None
        return set_slots(journey="none", asking=None, application_number=None, claimed_application=claimed)

    def _tell_own_appointment(self, dispatcher: CollectingDispatcher, tracker: Tracker, number: str) -> bool:
        """What was booked in this talk needs no phone."""
        with self.services.open_uow() as uow:
            own = uow.appointments.by_number(number)
            if own is None or own.conversation_id != conversation_id(tracker):
                return False
            _say_appointment(dispatcher, uow, own)
        return True

    def _tell_appointment(self, dispatcher: CollectingDispatcher, tracker: Tracker, number: str, phone: str) -> None:
        """What was booked in another talk, for who knows the last four digits of the phone that was left."""
        caller = str(conversation_id(tracker))
        try:
            with self.services.open_uow() as uow:
                found = appointments_reach.by_phone(uow, number, phone, self.services.now(), caller)
                if found is not None:
                    _say_appointment(dispatcher, uow, found)
        except (LookupLocked, PersonNeeded) as error:
            dispatcher.utter_message(response="utter_line_refused", sentence=error.sentence)
            return
        if found is None:
            dispatcher.utter_message(response="utter_progress_not_found")


def _say_appointment(dispatcher: CollectingDispatcher, uow: SqlUnitOfWork, booked: Appointment) -> None:
    dispatcher.utter_message(
        response="utter_appointment_found" if booked.live else "utter_appointment_over",
        number=booked.number,
        when=in_words(booked.starts_at),
        station=workstations.station(uow, booked.station_id).name,
    )


def _question(item: str, child: bool) -> str:
    """A child's name and phone are kept only with a guardian's yes, so it is the guardian who is asked."""
    return "utter_ask_guardian_consent" if item == "application_consent" and child else f"utter_ask_{item}"


def _what_is_next(application: Application) -> str:
    """What the applicant waits for, or is waited for with."""
    if application.status is ApplicationStatus.SUPPLEMENT and application.supplement:
        return f"请补交：{'、'.join(application.supplement)}。不补交的，会视为撤回申请。"
    if application.status in BEFORE_DECISION:
        return f"审查决定最晚 {day_in_words(application.decide_by)}（以机构收到的日期为准）。"
    return ""


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
