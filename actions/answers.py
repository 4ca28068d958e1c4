"""Answering legal questions from the reviewed answers."""

from collections.abc import Mapping, Sequence
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, HotlineAction, intent_of, set_slots
from actions.eligibility import resume
from actions.facts import notice
from actions.time_limits import tell_deadline
from hotline import consultations
from knowledge.answers import Answer
from knowledge.search import AskBack, choose

# A wrong that was told has one answer to begin with, however it was worded.
FIRST_ANSWER: Mapping[str, str] = {
    "report_unpaid_wages": "wages_unpaid",
    "report_dismissal": "labour_dismissal",
    "report_work_injury": "work_injury_what_to_do",
    "report_domestic_violence": "dv_what_to_do",
    "report_traffic_accident": "traffic_compensation",
    "report_medical_injury": "medical_injury",
    "report_not_supported": "elderly_not_supported",
    "report_debt": "loan_not_repaid",
    "report_consumer_fraud": "consumer_fraud_triple",
    "report_land_dispute": "land_expropriation",
    "report_detention": "criminal_detained",
}
# Where the first answer is looked for; the topic named first is the usual one.
TOPICS_OF_REPORT: Mapping[str, tuple[str, ...]] = {
    "report_unpaid_wages": ("wages",),
    "report_dismissal": ("labour_contract",),
    "report_work_injury": ("work_injury",),
    "report_domestic_violence": ("domestic_violence",),
    "report_traffic_accident": ("traffic",),
    "report_medical_injury": ("medical",),
    "report_not_supported": ("support_of_elderly", "child_support"),
    "report_debt": ("loans",),
    "report_consumer_fraud": ("consumer",),
    "report_land_dispute": ("land",),
    "report_detention": ("criminal",),
}
OFFERS = [
    {"title": "我能申请法律援助吗", "payload": "/check_eligibility"},
    {"title": "预约窗口咨询", "payload": "/book_appointment"},
    {"title": "转人工", "payload": "/request_human"},
]
MENU_SIZE = 4


def topic_of(intent: str) -> str | None:
    """The topic that an intent is about, if any."""
    return intent.removeprefix("ask_") if intent.startswith("ask_") else TOPICS_OF_REPORT.get(intent, (None,))[0]


class ActionAnswerQuestion(HotlineAction):
    """Answer with conclusion, steps, deadline and articles; or ask which of two is meant; or offer a person."""

    def name(self) -> str:
        """Called by the rules for `ask_…` and `report_…`."""
        return "action_answer_question"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Search with the intent's topic as a prior; keep what the message told besides."""
        intent, text = intent_of(tracker), str(tracker.latest_message.get("text") or "")
        topic = topic_of(intent)
        found = self._find(tracker, intent, text, topic)
        facts = notice(tracker)
        if isinstance(found, Answer):
            self.tell(dispatcher, tracker, found, offers=not intent.startswith("report_"))
            matter = facts.get("matter") or found.matter or tracker.get_slot("matter")
            facts |= tell_deadline(dispatcher, tracker, matter, self.services.today(), self.services.law)
            if found.matter and (
                tracker.get_slot("asking") == "matter" or tracker.get_slot("journey") in (None, "none")
            ):
                facts.setdefault("matter", found.matter)
            told = set_slots(**facts, answer_id=found.id)
            return told if intent.startswith("report_") else told + resume(self, dispatcher, tracker, facts)
        self.note(tracker, topic=topic)
        if isinstance(found, AskBack):
            matter = facts.get("matter") or tracker.get_slot("matter")
            facts |= tell_deadline(dispatcher, tracker, matter, self.services.today(), self.services.law)
            ask_which(dispatcher, found.candidates)
        elif text.startswith("/") and topic:
            self._menu(dispatcher, topic)
        else:
            dispatcher.utter_message(response="utter_no_answer")
            self.note_unanswered(tracker)
            return set_slots(**facts) + resume(self, dispatcher, tracker, facts)
        return set_slots(**facts)

    def tell(self, dispatcher: CollectingDispatcher, tracker: Tracker, answer: Answer, offers: bool) -> None:
        """Say the answer and enter it in the ledger, with the right to apply that every consultation must mention."""
        dispatcher.utter_message(
            response="utter_answer",
            buttons=OFFERS if offers else [],
            json_message=answer_block(answer),
            conclusion=answer.conclusion,
            explanation=answer.explanation,
            steps="\n".join(f"{place}. {step}" for place, step in enumerate(answer.steps, 1)),
            deadlines=deadlines_in_words(answer),
            articles="、".join(f"《{one.law}》{one.article}" for one in answer.articles),
        )
        with self.services.open_uow() as uow:
            row = self.ledger(uow, tracker, topic=answer.topic, told_right_to_apply=True)
            consultations.add_articles(row, [f"{one.law}{one.article}" for one in answer.articles])

    def _find(self, tracker: Tracker, intent: str, text: str, topic: str | None) -> Answer | AskBack | None:
        asked = next(
            (e["value"] for e in tracker.latest_message.get("entities") or [] if e["entity"] == "answer_id"), None
        )
        if asked:
            return self.services.answers.by_id(str(asked))
        if text.startswith("/"):
            return None
        if intent not in FIRST_ANSWER:
            return choose(self.services.answers.search(text, topic, self.services.today()))
        topics = TOPICS_OF_REPORT[intent]
        hits = self.services.answers.search(text, topics[0] if len(topics) == 1 else None, self.services.today())
        chosen = choose([hit for hit in hits if hit.answer.topic in topics])
        if isinstance(chosen, AskBack) and all(one.topic != topic for one in chosen.candidates):
            chosen = chosen.candidates[0]  # 前夫不给抚养费: both are about the child, and the assessment follows anyway
        return chosen if isinstance(chosen, Answer) else self.services.answers.by_id(FIRST_ANSWER[intent])

    def _menu(self, dispatcher: CollectingDispatcher, topic: str) -> None:
        answers = self.services.answers.of_topic(topic, self.services.today())[:MENU_SIZE]
        dispatcher.utter_message(response="utter_choose_question", buttons=[choice(one) for one in answers])


class ActionHandleFallback(HotlineAction):
    """Not understood: try the answers without a topic, then ask to rephrase, then call a person."""

    def name(self) -> str:
        """Called when no intent is likely enough, or no rule fits."""
        return "action_handle_fallback"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """The second time in a row a person is called."""
        found = choose(
            self.services.answers.search(str(tracker.latest_message.get("text") or ""), None, self.services.today())
        )
        if isinstance(found, Answer):
            teller = ActionAnswerQuestion(self.services)
            teller.tell(dispatcher, tracker, found, offers=True)
            return set_slots(answer_id=found.id, misunderstood=0) + resume(self, dispatcher, tracker, {})
        if isinstance(found, AskBack):
            ask_which(dispatcher, found.candidates)
            return set_slots(misunderstood=0)
        self.note_unanswered(tracker)
        times = int(tracker.get_slot("misunderstood") or 0) + 1
        if times >= 2:
            ahead = self.call_person(tracker, "fallback", hold=True)
            dispatcher.utter_message(response="utter_handover_fallback", ahead=str(ahead))
            return set_slots(misunderstood=0)
        dispatcher.utter_message(response="utter_ask_rephrase")
        return set_slots(misunderstood=times)


class ActionRepeat(HotlineAction):
    """Say the last answer again, or the pending question."""

    def name(self) -> str:
        """Called for `repeat`."""
        return "action_repeat"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """The pending question comes first: it is what the citizen is looking at."""
        asking, answer_id = tracker.get_slot("asking"), tracker.get_slot("answer_id")
        if tracker.get_slot("journey") == "safety":
            dispatcher.utter_message(response=f"utter_{tracker.get_slot('danger') or 'danger_violence'}")
        elif asking:
            dispatcher.utter_message(response=f"utter_ask_{asking}")
        elif answer_id and (answer := self.services.answers.by_id(str(answer_id))):
            ActionAnswerQuestion(self.services).tell(dispatcher, tracker, answer, offers=True)
        else:
            dispatcher.utter_message(response="utter_repeat_nothing")
        return []


def ask_which(dispatcher: CollectingDispatcher, candidates: Sequence[Answer]) -> None:
    """One question back when two answers fit."""
    person = {"title": "都不是，转人工", "payload": "/request_human"}
    dispatcher.utter_message(
        response="utter_ask_which_question", buttons=[*(choice(one) for one in candidates), person]
    )


def choice(answer: Answer) -> dict[str, str]:
    """A quick reply that asks for this answer."""
    return {"title": answer.question, "payload": f'/ask_{answer.topic}{{"answer_id": "{answer.id}"}}'}


def answer_block(answer: Answer) -> dict[str, Any]:
    """The answer as a typed block."""
    return {
        "type": "answer",
        "question": answer.question,
        "conclusion": answer.conclusion,
        "explanation": answer.explanation,
        "steps": list(answer.steps),
        "deadlines": [
            {
                "name": one.name,
                "period": one.period,
                "starts": one.starts,
                "exceptions": one.exceptions,
                "law": one.law,
                "article": one.article,
            }
            for one in answer.deadlines
        ],
        "evidence": list(answer.evidence),
        "articles": [{"law": one.law, "article": one.article} for one in answer.articles],
    }


def deadlines_in_words(answer: Answer) -> str:
    """One line a deadline: name, period, start, exceptions."""
    lines = [
        f"{one.name}：{one.period}，从{one.starts}起算" + (f"；{one.exceptions}" if one.exceptions else "")
        for one in answer.deadlines
    ]
    return "\n".join(lines) or "没有特别的期限，但请尽快办。"
