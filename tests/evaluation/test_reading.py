"""What the reading process prints, taken apart again."""

import json

from evaluation.reading import RECORD, readings_in

PARSED = {
    "text": "老板欠我工资",
    "intent": {"name": "report_unpaid_wages", "confidence": 0.9},
    "intent_ranking": [{"name": "report_unpaid_wages", "confidence": 0.9}, {"name": "ask_wages", "confidence": 0.1}],
    "topics": [{"name": "wages", "confidence": 1.0}],
    "category": {"name": "劳动纠纷", "confidence": 0.8},
    "entities": [],
    "ms": 3.2,
}


def test_记录夹在别的输出里_也一条条读出来() -> None:
    printed = "\n".join(["Building prefix dict", RECORD + json.dumps(PARSED), "", RECORD + json.dumps(PARSED), "bye"])
    first, second = readings_in(printed)
    assert first == second
    assert first.intents == {"report_unpaid_wages": 0.9, "ask_wages": 0.1}
    assert (first.intent, first.topics, first.category) == ("report_unpaid_wages", {"wages": 1.0}, "劳动纠纷")


def test_什么也没认出来的话_各项都空着() -> None:
    nothing = dict.fromkeys(PARSED) | {"text": "", "ms": 1.0}
    (reading,) = readings_in(RECORD + json.dumps(nothing))
    assert (reading.intent, reading.intents, reading.topics, reading.category, reading.entities) == ("", {}, {}, "", [])
