"""Answering legal questions from the reviewed answers."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.articles import tell_asked_for, tell_closest
from actions.base import Events, HotlineAction, intent_of, set_slots
from actions.eligibility import resume
from actions.facts import notice
from actions.time_limits import tell_deadline
from hotline import consultations
from hotline.gaps import Lack
from knowledge.answers import Answer
from knowledge.search import LIKELY, AnswerIndex, AskBack, Hit, certainty, choose, others
from knowledge.statute_library import Found

# A wrong that was told has one answer to begin with in each of its topics, however it was worded; the usual topic first.
FIRST_ANSWERS: Mapping[str, Mapping[str, str]] = {
    "report_unpaid_wages": {"wages": "wages_unpaid"},
    "report_dismissal": {"labour_contract": "labour_dismissal"},
    "report_work_injury": {"work_injury": "work_injury_what_to_do"},
    "report_domestic_violence": {"domestic_violence": "dv_what_to_do"},
    "report_traffic_accident": {"traffic": "traffic_compensation"},
    "report_medical_injury": {"medical": "medical_injury"},
    "report_not_supported": {
        "support_of_elderly": "elderly_not_supported",
        "child_support": "child_maintenance_unpaid",
    },
    "report_debt": {"loans": "loan_not_repaid"},
    "report_consumer_fraud": {"consumer": "consumer_fraud_triple"},
    "report_land_dispute": {"land": "land_expropriation"},
    "report_detention": {"criminal": "criminal_detained"},
}
OFFERS = [
    {"title": "我能申请法律援助吗", "payload": "/check_eligibility"},
    {"title": "预约窗口咨询", "payload": "/book_appointment"},
    {"title": "转人工", "payload": "/request_human"},
]
LEAVE_QUESTION = {"title": "同意留下这个问题，帮助改进", "payload": "/keep_question"}
MENU_SIZE, MOST_NAMED = 4, 3
SURE_OF_REPORT = 0.7  # confidence from which a wrong that was told is answered from its own topics only
SURE_OF_ANOTHER = 0.7  # certainty from which another answer goes before the usual first one: stories hold many words
ALSO_MENTIONED = 0.3
"""Confidence in a second topic from which it is offered: of our held-out sentences about one matter 8 % then get an offer,
of those about several 28 in 48 the right one and 2 a wrong one (tests/nlu)."""


def topic_of(intent: str) -> str | None:
    """The topic that an intent is about, if any."""
    if intent in ("ask_article", "ask_other_law"):
        return None
    return intent.removeprefix("ask_") if intent.startswith("ask_") else next(iter(FIRST_ANSWERS.get(intent, ())), None)


class ActionAnswerQuestion(HotlineAction):
    """Answer with conclusion, steps, deadline and articles; or ask which of two is meant; or offer a person."""

    def name(self) -> str:
        """Called by the rules for `ask_…` and `report_…`."""
        return "action_answer_question"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Search with the intent's topic as a prior; keep what the message told besides."""
        intent, text = intent_of(tracker), str(tracker.latest_message.get("text") or "")
        if intent == "ask_article" and self.tell_named(dispatcher, tracker):
            return resume(self, dispatcher, tracker, {})
        topic = topic_of(intent)
        hits = self._search(tracker, text, topic)
        found = self._find(tracker, intent, topic, hits)
        facts = notice(tracker)
        if isinstance(found, Answer):
            report = intent.startswith("report_")
            self.tell(dispatcher, tracker, found, offers=not report)
            if not self._offer_second_topic(dispatcher, tracker, text, found.topic) and not report:
                offer_others(dispatcher, found, hits)
            matter = facts.get("matter") or found.matter or tracker.get_slot("matter")
            facts |= tell_deadline(dispatcher, tracker, matter, self.services.today(), self.services.law)
            if found.matter and (
                tracker.get_slot("asking") == "matter" or tracker.get_slot("journey") in (None, "none")
            ):
                facts.setdefault("matter", found.matter)
            told = set_slots(**facts, answer_id=found.id, topic=found.topic)
            return told if report else told + resume(self, dispatcher, tracker, facts)
        if text.startswith("/") and topic:
            self.note(tracker, topic=topic)
            self._menu(dispatcher, topic)
            return set_slots(**facts)
        if self.tell_closest(dispatcher, tracker, found, topic):
            told = set_slots(**facts, answer_id=None, topic=topic or tracker.get_slot("topic"))
            return told + resume(self, dispatcher, tracker, facts)
        if isinstance(found, AskBack) and intent != "ask_article":
            if tracker.get_slot("asking") == "matter" and (shared := shared_matter(found)):
                facts.setdefault("matter", shared)
                return set_slots(**facts) + resume(self, dispatcher, tracker, facts)
            matter = facts.get("matter") or tracker.get_slot("matter")
            facts |= tell_deadline(dispatcher, tracker, matter, self.services.today(), self.services.law)
            self.ask_back(dispatcher, tracker, found, topic)
            return set_slots(**facts)
        asked_for_text = intent == "ask_article"
        dispatcher.utter_message(response="utter_article_not_at_hand" if asked_for_text else "utter_no_answer")
        self.note_gap(tracker, Lack.NOTHING, topic)
        return set_slots(**facts) + resume(self, dispatcher, tracker, facts)

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

    def tell_named(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> bool:
        """Show the articles that the message names; whether there were any. The index of the statutes is not needed."""
        statutes, text = self.services.statutes, str(tracker.latest_message.get("text") or "")
        named = statutes.named(text, self.services.today())[:MOST_NAMED] if statutes else []
        if named:
            self._tell_articles(dispatcher, tracker, named, tell_asked_for)
        return bool(named)

    def tell_closest(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, found: AskBack | None, topic: str | None
    ) -> bool:
        """Show the articles that stand out, where no reviewed answer fits well; whether there were any.

        The candidates stay on offer as buttons: one of them may be what was meant.
        """
        statutes, text = self.services.statutes, str(tracker.latest_message.get("text") or "")
        if statutes is None or not statutes.ready:
            return False
        asked = self._with_last_question(tracker, text) if follows_on(tracker) else text
        closest = statutes.closest(asked, self.services.today(), topic)
        if closest:
            candidates = found.candidates if found else ()
            buttons = [*(choice(one) for one in candidates), *OFFERS, LEAVE_QUESTION]
            self._tell_articles(dispatcher, tracker, closest, tell_closest, buttons, topic, Lack.ARTICLES)
        return bool(closest)

    def ask_back(self, dispatcher: CollectingDispatcher, tracker: Tracker, found: AskBack, topic: str | None) -> None:
        """Ask which answer is meant; that none fits clearly is a gap."""
        ask_which(dispatcher, found.candidates)
        self.note_gap(tracker, Lack.ASKED_BACK, topic)

    def _tell_articles(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        found: Sequence[Found],
        tell: Callable[[CollectingDispatcher, Sequence[Found], Sequence[dict[str, str]]], None],
        buttons: Sequence[dict[str, str]] = OFFERS,
        topic: str | None = None,
        lack: Lack | None = None,
    ) -> None:
        tell(dispatcher, found, buttons)
        with self.services.open_uow() as uow:
            row = self.ledger(uow, tracker, topic=topic, told_right_to_apply=True)
            consultations.add_articles(row, [f"{one.law}{one.article}" for one in found])
            if lack:
                self.keep_gap(uow, tracker, lack, topic)

    def _with_last_question(self, tracker: Tracker, text: str) -> str:
        last = self.services.answers.by_id(str(tracker.get_slot("answer_id") or ""))
        return f"{last.question}{text}" if last else text

    def _offer_second_topic(self, dispatcher: CollectingDispatcher, tracker: Tracker, text: str, answered: str) -> bool:
        """A message about two matters: the first is answered, the second is offered; whether there is one."""
        sure = [
            one["name"] for one in tracker.latest_message.get("topics") or [] if one["confidence"] >= ALSO_MENTIONED
        ]
        second = next((topic for topic in sure if topic != answered), None)
        if second is None or text.startswith("/") or follows_on(tracker):
            return False
        hits = self.services.answers.search(text, {second: 1.0}, self.services.today(), limit=MENU_SIZE)
        best = next((hit.answer for hit in hits if hit.answer.topic == second), None)
        name = consultations.categories()[second].name
        dispatcher.utter_message(
            response="utter_also_mentioned",
            matter=name,
            buttons=[{"title": f"也了解{name}", "payload": payload_of(best) if best else f"/ask_{second}"}],
            json_message={"type": "text", "aside": True},
        )
        return True

    def _search(self, tracker: Tracker, text: str, topic: str | None) -> list[Hit]:
        if text.startswith("/"):  # a button
            return []
        return self.services.answers.search(text, topics_heard(tracker, topic), self.services.today())

    def _find(self, tracker: Tracker, intent: str, topic: str | None, hits: Sequence[Hit]) -> Answer | AskBack | None:
        text = str(tracker.latest_message.get("text") or "")
        asked = next(
            (e["value"] for e in tracker.latest_message.get("entities") or [] if e["entity"] == "answer_id"), None
        )
        if asked:
            return self.services.answers.by_id(str(asked))
        if text.startswith("/"):
            return None
        if follows_on(tracker) and topic and (next_ := self.services.answers.next(text, topic, self.services.today())):
            return next_
        if intent not in FIRST_ANSWERS:
            return choose(hits, heard=True)
        confidence = float((tracker.latest_message.get("intent") or {}).get("confidence") or 0.0)
        return first_of_report(self.services.answers, intent, hits, surely=confidence >= SURE_OF_REPORT)

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
        text = str(tracker.latest_message.get("text") or "")
        hits = self.services.answers.search(text, topics_heard(tracker, None), self.services.today())
        found = choose(hits)
        teller = ActionAnswerQuestion(self.services)
        if teller.tell_named(dispatcher, tracker):
            return set_slots(misunderstood=0) + resume(self, dispatcher, tracker, {})
        if isinstance(found, Answer):
            teller.tell(dispatcher, tracker, found, offers=True)
            offer_others(dispatcher, found, hits)
            told = set_slots(answer_id=found.id, topic=found.topic, misunderstood=0)
            return told + resume(self, dispatcher, tracker, {})
        if teller.tell_closest(dispatcher, tracker, found, None):
            return set_slots(misunderstood=0) + resume(self, dispatcher, tracker, {})
        if isinstance(found, AskBack):
            teller.ask_back(dispatcher, tracker, found, None)
            return set_slots(misunderstood=0)
        self.note_gap(tracker, Lack.NOTHING)
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


def first_of_report(answers: AnswerIndex, intent: str, hits: Sequence[Hit], surely: bool) -> Answer | None:
    """Something to begin with for a wrong that was told; nothing is asked back, as the assessment's question follows.

    Args:
        surely: the wrong is surely told, so that only answers of its own topics are thought of.
    """
    usual = FIRST_ANSWERS[intent]
    own = [hit for hit in hits if hit.answer.topic in usual]
    fitting, enough = (own, SURE_OF_ANOTHER) if surely else (hits, LIKELY)
    if certainty(fitting) >= enough:
        return fitting[0].answer
    return answers.by_id(usual[own[0].answer.topic if own else next(iter(usual))])


def shared_matter(found: AskBack) -> str | None:
    """The matter that most of the candidates are about: it settles what was asked, whichever of them is meant."""
    ((matter, count),) = Counter(one.matter for one in found.candidates).most_common(1)
    return matter if count * 2 > len(found.candidates) else None


def offer_others(dispatcher: CollectingDispatcher, told: Answer, hits: Sequence[Hit]) -> None:
    """What may have been meant instead of the answer that was given, where that is not sure."""
    if hits and hits[0].answer is told and (meant := [choice(one) for one in others(hits)]):
        dispatcher.utter_message(
            response="utter_or_did_you_mean", buttons=meant, json_message={"type": "text", "aside": True}
        )


def ask_which(dispatcher: CollectingDispatcher, candidates: Sequence[Answer]) -> None:
    """One question back when none of some answers fits clearly."""
    person = {"title": "都不是，转人工", "payload": "/request_human"}
    dispatcher.utter_message(
        response="utter_ask_which_question", buttons=[*(choice(one) for one in candidates), person]
    )


def choice(answer: Answer) -> dict[str, str]:
    """A quick reply that asks for this answer."""
    return {"title": answer.question, "payload": payload_of(answer)}


def payload_of(answer: Answer) -> str:
    """What a button sends that asks for this answer."""
    return f'/ask_{answer.topic}{{"answer_id": "{answer.id}"}}'


def topics_heard(tracker: Tracker, named: str | None) -> dict[str, float]:
    """How likely the message is about each topic; the one that its intent names where only that is known."""
    heard = {one["name"]: float(one["confidence"]) for one in tracker.latest_message.get("topics") or []}
    return heard or ({named: 1.0} if named else {})


def follows_on(tracker: Tracker) -> bool:
    """Whether the message only makes sense after the last answer (bot/components/follow_up.py)."""
    return bool(tracker.latest_message.get("follows_on"))


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
    return "\n".join(lines) or "这里没有另外列出期限；拖久了可能过时效，请尽快办。"
