"""The interview: facts in, the next question or the assessment out."""

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, HotlineAction, intent_of, set_slots
from actions.facts import facts_from, notice
from actions.time_limits import tell_deadline
from eligibility import KIND, Assessment, EligibilityError, Outcome, assess, explain, next_questions
from hotline import assessments

RESPONSES = {
    Outcome.LIKELY: "utter_legal_aid_likely",
    Outcome.UNLIKELY: "utter_legal_aid_unlikely",
    Outcome.REVIEW: "utter_legal_aid_review",
}
ANSWERED_FIRST = ("ask_", "report_")  # intents that action_answer_question has already answered, deadline and all
NEXT_STEPS = {
    Outcome.LIKELY: ["/book_appointment", "/apply_legal_aid", "/find_workstation", "/request_human"],
    Outcome.UNLIKELY: ["/book_appointment", "/apply_legal_aid", "/request_human"],
    Outcome.REVIEW: ["/request_human", "/book_appointment", "/apply_legal_aid"],
}
STEP_TITLES = {
    "/book_appointment": "预约窗口",
    "/apply_legal_aid": "提交申请",
    "/find_workstation": "去哪里办",
    "/request_human": "转人工",
}


class ActionAssessEligibility(HotlineAction):
    """Ask the next question that can still change the result, or tell the result and the ways on."""

    def name(self) -> str:
        """Called after a wrong was told, on request, and for each answer of the interview."""
        return "action_assess_eligibility"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Read the reply, then let `eligibility` say what is next."""
        noticed = self.hear(dispatcher, tracker)
        asking = tracker.get_slot("asking")
        if asking == "woman_lawyer" and tracker.get_slot("journey") == "eligibility":
            return self._keep_preference(dispatcher, tracker)
        if self._went_unanswered(tracker, noticed, asking):
            if tracker.get_slot("misunderstood"):  # asked twice: go on without it rather than a third time
                noticed["unknown_facts"] = sorted({*(tracker.get_slot("unknown_facts") or []), str(asking)})
            else:
                dispatcher.utter_message(response="utter_answer_not_understood")
                dispatcher.utter_message(response=f"utter_ask_{asking}")
                return set_slots(misunderstood=1)
        return set_slots(**noticed, misunderstood=0) + self.go_on(dispatcher, tracker, noticed)

    def hear(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> dict[str, Any]:
        """Take what the message tells; a period that begins on a day told in it is said at once, before any question."""
        noticed = notice(tracker)
        if intent_of(tracker).startswith(ANSWERED_FIRST):
            return noticed
        matter = noticed.get("matter") or tracker.get_slot("matter")
        return noticed | tell_deadline(dispatcher, tracker, matter, self.services.today(), self.services.law)

    def go_on(self, dispatcher: CollectingDispatcher, tracker: Tracker, noticed: dict[str, Any]) -> Events:
        """Ask or tell, given what is known now."""
        try:
            facts = facts_from(tracker, noticed)
            on, law = self.services.today(), self.services.law
            questions = next_questions(facts, on, law)
            if questions:
                dispatcher.utter_message(response=f"utter_ask_{questions[0].fact}")
                return set_slots(journey="eligibility", asking=questions[0].fact)
            assessment = assess(facts, on, law)
        except EligibilityError as error:
            dispatcher.utter_message(response="utter_facts_contradict", sentence=error.sentence)
            self.note(tracker, outcome=Outcome.REVIEW.value)
            # What cannot be is forgotten, so that 重新说 does not end here again.
            forgotten = {name: None for name in noticed if name in KIND}
            return set_slots(**forgotten, journey="none", asking=None, assessment_outcome=Outcome.REVIEW.value)
        self._tell(dispatcher, assessment)
        self._record(tracker, assessment, noticed)
        settled = set_slots(assessment_outcome=assessment.outcome.value)
        if tracker.get_slot("wants_to_apply"):
            item = "application_consent" if assessment.facts.region else "region"
            dispatcher.utter_message(response=f"utter_ask_{item}")
            return settled + set_slots(journey="application", asking=item)
        if "female_lawyer_option" in assessment.flags and tracker.get_slot("woman_lawyer") is None:
            dispatcher.utter_message(response="utter_ask_woman_lawyer")
            return settled + set_slots(journey="eligibility", asking="woman_lawyer")
        if assessment.outcome is Outcome.LIKELY:
            dispatcher.utter_message(response="utter_offer_appointment", buttons=_steps(assessment.outcome))
            return settled + set_slots(journey="booking", asking="appointment_time")
        return settled + set_slots(journey="none", asking=None)

    def _tell(self, dispatcher: CollectingDispatcher, assessment: Assessment) -> None:
        explained = explain(assessment)
        agency = assessment.agency
        dispatcher.utter_message(
            response=RESPONSES[assessment.outcome],
            buttons=_steps(assessment.outcome),
            json_message={
                "type": "assessment",
                "outcome": assessment.outcome.value,
                "label": explained.label,
                "reasons": list(explained.reasons),
                "materials": list(assessment.materials),
                "agency": {"name": agency.name, "why": agency.why} if agency else None,
                "urgent": assessment.aid == "urgent",
            },
            explanation=explained.citizen,
            materials="、".join(assessment.materials) or "不需要材料",
            agency=agency.why if agency else "拨打 12348，由工作人员告诉您去哪里办。",
        )
        if assessment.aid == "urgent":
            dispatcher.utter_message(response="utter_urgent_deadline")

    def _record(self, tracker: Tracker, assessment: Assessment, noticed: dict[str, Any]) -> None:
        """Enter the result in the ledger, and keep it for replay, where nothing leads back to this conversation."""
        with self.services.open_uow() as uow:
            self.ledger(
                uow,
                tracker,
                region=assessment.facts.region,
                matter=assessment.facts.matter,
                outcome=assessment.outcome.value,
                disposition="assessed",
                claim_yuan=noticed.get("claim_yuan") or tracker.get_slot("claim_yuan"),
                told_right_to_apply=True,
            )
            assessments.keep(uow, assessment)

    @staticmethod
    def _keep_preference(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        wish = {"affirm": True, "deny": False}.get(intent_of(tracker), False)
        dispatcher.utter_message(response="utter_preference_noted")
        return set_slots(woman_lawyer=wish, journey="booking", asking="appointment_time")

    @staticmethod
    def _went_unanswered(tracker: Tracker, noticed: dict[str, Any], asking: str | None) -> bool:
        replying = tracker.get_slot("journey") == "eligibility" and intent_of(tracker) in ("inform", "affirm", "deny")
        return bool(asking) and replying and not noticed


def _steps(outcome: Outcome) -> list[dict[str, str]]:
    """The ways on from here, as quick replies."""
    return [{"title": STEP_TITLES[step], "payload": step} for step in NEXT_STEPS[outcome]]


class ActionTakeInformation(HotlineAction):
    """Somebody tells a fact without having been asked: keep it, and go on from there."""

    def name(self) -> str:
        """Called for `inform` outside any journey."""
        return "action_take_information"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """With a matter known, the new fact may change the assessment; without one, ask what it is about."""
        interview = ActionAssessEligibility(self.services)
        noticed = interview.hear(dispatcher, tracker)
        if tracker.get_slot("matter") and noticed:
            return set_slots(**noticed) + interview.go_on(dispatcher, tracker, noticed)
        dispatcher.utter_message(response="utter_what_is_it_about")
        return set_slots(**noticed)


class ActionCorrectFacts(HotlineAction):
    """我刚才说错了: take the new value, say what was understood, go on where we were."""

    def name(self) -> str:
        """Called for `correct`."""
        return "action_correct_facts"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """The new value replaces the old one; the result is assessed anew when it was already told."""
        noticed = ActionAssessEligibility(self.services).hear(dispatcher, tracker)
        if not noticed:
            dispatcher.utter_message(response="utter_ask_correction")
            return []
        told = "、".join(filter(None, (self._in_words(name, value) for name, value in noticed.items())))
        dispatcher.utter_message(response="utter_corrected", told=told or "您说的情况")
        events = set_slots(**noticed)
        in_interview = tracker.get_slot("journey") == "eligibility"
        if in_interview or (tracker.get_slot("assessment_outcome") and any(name in KIND for name in noticed)):
            events += ActionAssessEligibility(self.services).go_on(dispatcher, tracker, noticed)
        elif (asking := tracker.get_slot("asking")) and tracker.get_slot("journey") not in (None, "none", "safety"):
            dispatcher.utter_message(response=f"utter_ask_{asking}")
        return events

    def _in_words(self, name: str, value: Any) -> str | None:
        if name == "months_owed":
            return f"{value}个月"
        if name == "region":
            return self.services.law.name_of(str(value))
        if name == "claim_yuan" or name.startswith("income_"):
            return f"{float(value):,.0f}元"
        return f"{value}岁" if name == "age" else None


class ActionExplainQuestion(HotlineAction):
    """为什么要问这个: say why, then ask again."""

    def name(self) -> str:
        """Called for `ask_why`."""
        return "action_explain_question"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Every question has its reason in data/responses."""
        asking = tracker.get_slot("asking")
        if not asking:
            dispatcher.utter_message(response="utter_why_nothing")
            return []
        dispatcher.utter_message(response=f"utter_why_{asking}")
        dispatcher.utter_message(response=f"utter_ask_{asking}")
        return []


class ActionResume(HotlineAction):
    """After small talk in the middle, go back to the pending question."""

    def name(self) -> str:
        """Called after every fixed reply; says nothing when nothing is pending."""
        return "action_resume"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Ask the pending question again."""
        return resume(self, dispatcher, tracker, {})


def resume(
    action: HotlineAction, dispatcher: CollectingDispatcher, tracker: Tracker, noticed: dict[str, Any]
) -> Events:
    """Ask the pending question again after something else was answered, unless what was said has answered it."""
    asking, journey = tracker.get_slot("asking"), tracker.get_slot("journey")
    if not asking or journey in (None, "none", "safety"):
        return []
    dispatcher.utter_message(response="utter_resume")
    if journey == "eligibility" and asking != "woman_lawyer":
        return ActionAssessEligibility(action.services).go_on(dispatcher, tracker, noticed)
    dispatcher.utter_message(response=f"utter_ask_{asking}")
    return []
