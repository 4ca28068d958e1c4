"""A day told with what happened on it: when does the period end that began then, and how urgent does that make it?"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from eligibility import Deadline, Law, Span, deadline
from hotline.working_days import is_working_day

LEFT = r"离职|辞职|辞退|开除|解雇|辞掉|裁(?:员|掉|了)|炒(?:了|鱿鱼)|不干了|不做了|解除(?:了)?(?:劳动)?合同"
HURT = r"受(?:了)?(?:工)?伤|摔|砸|压|烫|割|轧|出(?:的)?事|工伤|职业病|断(?:了)?"
STRUCK = r"撞|车祸|事故"
TREATED = r"手术|住院|治(?:疗|坏)|误诊|开刀"
CUSTODY = r"刑?拘(?:留)?|抓"
STILL_EMPLOYED = re.compile(r"还在(?:单位|厂里?|公司|那里|那儿|工地)?(?:上班|干|做)|没(?:有)?离职|在职|还没走")
GOT = r"(?:收到|拿到|送达|领到|寄来|下来)"
CRIMINAL = ("C01", "C02", "C03", "C04", "C05")


@dataclass(frozen=True)
class Beginning:
    """Words that say which period begins on the day told with them; `matters` limits it to some, empty means any.

    `past`: words that say the case has gone on since, so that another day counts.
    """

    words: str
    kind: str  # of eligibility/deadlines/periods.yaml
    event: str
    matters: tuple[str, ...] = ()
    past: str | None = None


URGENT_STEPS = [
    {"title": "转人工", "payload": "/request_human"},
    {"title": "预约最近的窗口", "payload": "/book_appointment"},
]
# The first that fits counts: papers are dated more exactly than what led to them.
BEGINNINGS = (
    Beginning(r"事故认定书|责任认定", "accident_review", "certificate_received"),
    Beginning(r"复议(?:的)?决定", "suit_after_reconsideration", "decision_received"),
    Beginning(r"(?:土地|承包)[^。]*裁决", "suit_after_land_award", "award_received"),
    Beginning(r"裁决", "suit_after_labour_award", "award_received"),
    Beginning(r"(?:处罚|征收|拆除|行政)[^，。]{0,6}决定|处罚单|罚单", "reconsideration", "act_known"),
    Beginning(rf"{GOT}[^，。]{{0,8}}判决|判决[^，。]{{0,6}}{GOT}", "criminal_appeal_judgment", "judgment_received", CRIMINAL),
    Beginning(rf"{GOT}[^，。]{{0,8}}裁定|裁定[^，。]{{0,6}}{GOT}", "criminal_appeal_ruling", "ruling_received", CRIMINAL),
    Beginning(r"(?:二审|终审)[^，。]{0,8}判", "civil_retrial", "judgment_effective"),
    Beginning(rf"{GOT}[^，。]{{0,8}}判决|判决[^，。]{{0,6}}{GOT}", "civil_appeal_judgment", "judgment_received"),
    Beginning(rf"{GOT}[^，。]{{0,8}}裁定|裁定[^，。]{{0,6}}{GOT}", "civil_appeal_ruling", "ruling_received"),
    Beginning(CUSTODY, "arrest_request", "detained_on", CRIMINAL, past=r"取保|监视居住|逮捕|批捕|开庭|起诉|判"),
    Beginning(LEFT, "wage_arbitration", "employment_ended", ("M05A",)),
    Beginning(LEFT, "labour_arbitration", "harm_known"),
    Beginning(HURT, "work_injury_by_worker", "injury", ("M07A",), past=r"认定(?:了|过|下来|书|为)|[判裁](?:了|下来|决)"),
    Beginning(STRUCK, "civil_limitation", "harm_known", ("M07B",)),
    Beginning(TREATED, "civil_limitation", "harm_known", ("M07D",)),
    Beginning(r"到期|该还|应该还|说好[^，。]{0,4}还|约定[^，。]{0,6}还", "civil_limitation", "harm_known", ("X00",)),
)  # fmt: skip


def told_deadline(tracker: Tracker, matter: str | None, today: date) -> Deadline | None:
    """Give the period that a day told in this message begins, or None where it begins none."""
    text = str(tracker.latest_message.get("text") or "")
    if matter == "M05A" and STILL_EMPLOYED.search(text):
        return deadline("wage_arbitration", {"still_employed": True}, today, day_off)
    for beginning in BEGINNINGS:
        words = re.search(beginning.words, text)
        if beginning.past and re.search(beginning.past, text):
            continue
        if words and (not beginning.matters or matter in beginning.matters):
            span = _nearest_day(tracker, words.start(), today)
            return deadline(beginning.kind, {beginning.event: span}, today, day_off) if span else None
    return None


def tell_deadline(
    dispatcher: CollectingDispatcher, tracker: Tracker, matter: str | None, today: date, law: Law
) -> dict[str, Any]:
    """Say when the period ends that this message told the beginning of; give the days left as a fact of eligibility."""
    told = told_deadline(tracker, matter, today)
    if told is None:
        return {}
    days = told.days_to_limitation if told.period.means == "act_before" else None
    short = law.number("national.urgent_limitation_days_lt", today) or 0
    steps = URGENT_STEPS if days is not None and 0 <= days < short else []
    # The words are the law's own (eligibility/time_limits.py); no response of the dialogue could say a period better.
    dispatcher.utter_message(text=told.warning, buttons=steps, json_message={"type": "notice", "level": "warning"})
    return {} if days is None else {"days_to_limitation": days}


def day_off(day: date) -> bool | None:
    """Tell whether a day is off by the State Council's notice, None where that year's notice is not loaded."""
    judged = is_working_day(day)
    return None if judged.provisional else not judged.is_working


def _nearest_day(tracker: Tracker, position: int, today: date) -> Span | None:
    """Give the past day or stretch of days told nearest to the words at a position."""
    dates = [one for one in tracker.latest_message.get("entities") or [] if one["entity"] == "date"]
    past = [one for one in dates if date.fromisoformat(one["value"]["from"]) <= today]
    if not past:
        return None
    value = min(past, key=lambda one: abs(one.get("start", 0) - position))["value"]
    return Span(date.fromisoformat(value["from"]), min(date.fromisoformat(value["to"]), today))
