"""Puts a reviewed lexicon of dangers before the statistical classifier, and listens to the classifier's slightest alarm.

A sentence such as 「他在外面踹门」 must never depend on what a classifier learnt. The lexicon is `bot/danger.yml`; this
module only reads it, so an editor changes what counts as danger without touching code. What nobody foresaw in words,
the classifier may still suspect: a miss costs a life, a false alarm a sentence.
"""

import logging
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import opencc
import yaml
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, INTENT_RANKING_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

log = logging.getLogger(__name__)

LEXICON = Path(__file__).parent.parent / "danger.yml"
DANGER = "danger_"  # begins the name of every intent of danger
SENTENCE_END = "。！？!?；;\n"
GAP = f"[^{SENTENCE_END}]{{0,6}}"  # what … stands for
LOOK_BACK = 24  # characters before a match in which `unless_before` is read, unless the rule says otherwise
WITHIN = 20  # characters a match may span, unless the rule says otherwise
BLANK = "□"  # stands where a harmless phrase was, so that its neighbours do not join into a new word
# 「要不要跳楼」, 「是不是死了好」, 「不得不跳」 deny nothing.
NO_DENIAL = ("要不", "是不", "是不是", "想不", "想不想", "会不", "会不会", "敢不敢", "能不", "得不", "恨不")
NUMERALS = "0-9零一二三四五六七八九十百"

Words = str | list[Any]  # a word, the <name> of a list, or a list of these


class LexiconError(ValueError):
    """The lexicon cannot be used as written; the message names the rule and the repair."""


@dataclass(frozen=True)
class Rule:
    """One danger: every group of words is present, close together, and nothing says that it is not so now."""

    name: str
    intent: str
    groups: tuple[re.Pattern[str], ...]
    within: int
    shorter_than: int | None
    unless: re.Pattern[str] | None
    unless_before: re.Pattern[str] | None
    look_back: int

    def spans(self, text: str, negations: tuple[str, ...]) -> Iterator[tuple[int, int]]:
        """Where in the text all groups meet: the start of the first word and the end of the last."""
        found = [
            [span for span in _hits(group, text) if not _denied(text, span[0], negations)] for group in self.groups
        ]
        for start, end in found[0]:
            for other in found[1:]:
                near = [(min(start, a), max(end, b)) for a, b in other if max(end, b) - min(start, a) <= self.within]
                if not near:
                    break
                start, end = min(near, key=lambda span: span[1] - span[0])
            else:
                yield start, end


class DangerLexicon:
    """The reviewed words of danger, compiled once."""

    def __init__(self, written: Mapping[str, Any]) -> None:
        """Compile the lexicon.

        Args:
            written: the parsed `danger.yml`; its head comment explains each key.
        Raises:
            LexiconError: a rule lacks its intent or words, or names a list that does not exist.
        """
        self._lists: Mapping[str, Words] = written["words"]
        self._harmless = _alternation(self._flat(written["harmless"]))
        self._now = _alternation(self._flat(written["now"]))
        self._negations = tuple(self._flat(written["negations"]))
        self._calm = _alternation(self._flat(written["calm"]))
        self.rules: tuple[Rule, ...] = tuple(self._compile(rule) for rule in written["rules"])

    @classmethod
    def load(cls, path: Path = LEXICON) -> "DangerLexicon":
        """Read the lexicon of a file."""
        return cls(yaml.safe_load(path.read_text(encoding="utf-8")))

    def find(self, text: str) -> Rule | None:
        """The first rule, in the order of the file, that the text meets; None when nothing speaks of danger now."""
        plain = self._harmless.sub(BLANK, _plain(text))
        return next((rule for rule in self.rules if self._meets(rule, plain)), None)

    def sounds_calm(self, text: str) -> bool:
        """Whether the words are those of somebody who asks about the law or tells what is over."""
        return bool(self._calm.search(_plain(text)))

    def _meets(self, rule: Rule, text: str) -> bool:
        if rule.shorter_than is not None and len(text) >= rule.shorter_than:
            return False
        if not all(group.search(text) for group in rule.groups):
            return False
        if rule.unless is not None and rule.unless.search(text):
            return False
        return any(not self._called_off(rule, text, span) for span in rule.spans(text, self._negations))

    def _called_off(self, rule: Rule, text: str, span: tuple[int, int]) -> bool:
        """Whether a word before or inside the match puts it in the past or in doubt, with no "now" in between."""
        if rule.unless_before is None:
            return False
        start, end = span
        sentence = max(text.rfind(mark, 0, start) for mark in SENTENCE_END) + 1
        before = text[max(sentence, start - rule.look_back) : end]
        offset = end - len(before)
        return any(
            not self._now.search(before, past_end, max(start - offset, past_end))
            for _, past_end in _hits(rule.unless_before, before)
        )

    def _compile(self, written: Mapping[str, Any]) -> Rule:
        name = written.get("name", "?")
        if not str(written.get("intent", "")).startswith(DANGER) or not written.get("all"):
            raise LexiconError(f"rule {name}: give it an intent danger_… and a list of words under `all`")
        return Rule(
            name=name,
            intent=written["intent"],
            groups=tuple(_alternation(self._flat(group)) for group in written["all"]),
            within=written.get("within", WITHIN),
            shorter_than=written.get("shorter_than"),
            unless=self._optional(written.get("unless")),
            unless_before=self._optional(written.get("unless_before")),
            look_back=written.get("look_back", LOOK_BACK),
        )

    def _optional(self, words: Words | None) -> re.Pattern[str] | None:
        return None if words is None else _alternation(self._flat(words))

    def _flat(self, words: Words) -> list[str]:
        """The words themselves, with every <list> put in place."""
        if isinstance(words, list):
            return [word for part in words for word in self._flat(part)]
        if not words.startswith("<"):
            return [words]
        if words[1:-1] not in self._lists:
            raise LexiconError(f"{words}: no such list; write it under `words:`")
        return self._flat(self._lists[words[1:-1]])


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class DangerDetector(GraphComponent, IntentClassifier):
    """Raises a danger intent to certainty when the lexicon finds it or the classifier suspects it.

    Stands last in the pipeline and outranks all.
    """

    def __init__(self, lexicon: DangerLexicon, suspicion: float, suspicion_when_calm: float) -> None:
        """Take what raises an alarm.

        Args:
            suspicion: the least confidence in all dangers together at which the classifier's guess counts as one.
            suspicion_when_calm: the same where the words are calm ones.
        """
        self._lexicon, self._suspicion, self._when_calm = lexicon, suspicion, suspicion_when_calm

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Chosen on the even lines of tests/nlu/danger_held_out.yml, the first lowered when topics were added: with more
        intents the rest of a guess spreads wider. bench/RESULTS.md has the figures.
        """
        return {"suspicion": 0.15, "suspicion_when_calm": 0.7}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "DangerDetector":
        """Read the lexicon when the model is loaded, so that an edited one takes effect without training."""
        return cls(DangerLexicon.load(), float(config["suspicion"]), float(config["suspicion_when_calm"]))

    def process(self, messages: list[Message]) -> list[Message]:
        """Put the danger first where there is one, and leave every other message as it is."""
        for message in messages:
            rule = self._lexicon.find(message.get(TEXT) or "")
            if rule is not None:
                log.info("danger.raised intent=%s rule=%s", rule.intent, rule.name)
                _raise(message, rule.intent)
            elif (suspected := self._suspected(message)) is not None:
                log.info("danger.raised intent=%s rule=classifier", suspected)
                _raise(message, suspected)
            else:
                _put_behind(message)
        return messages

    def _suspected(self, message: Message) -> str | None:
        """The likeliest danger, if the classifier's confidence in all of them together is no longer negligible.

        Certainty means that somebody pressed a button or answered what was asked: 「12岁」 is then an age.
        """
        best = message.get(INTENT) or {}
        if best.get(PREDICTED_CONFIDENCE_KEY) == 1.0:
            return None
        dangers = [one for one in message.get(INTENT_RANKING_KEY) or [] if one[INTENT_NAME_KEY].startswith(DANGER)]
        least = self._when_calm if self._lexicon.sounds_calm(message.get(TEXT) or "") else self._suspicion
        if sum(one[PREDICTED_CONFIDENCE_KEY] for one in dangers) < least:
            return None
        return str(max(dangers, key=lambda one: one[PREDICTED_CONFIDENCE_KEY])[INTENT_NAME_KEY])


def _raise(message: Message, name: str) -> None:
    danger = {INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: 1.0}
    ranking = message.get(INTENT_RANKING_KEY) or []
    # Certainty leaves nothing for the rest; a FallbackClassifier further on would call a close second ambiguous.
    others = [{**one, PREDICTED_CONFIDENCE_KEY: 0.0} for one in ranking if one[INTENT_NAME_KEY] != name]
    message.set(INTENT, danger, add_to_output=True)
    message.set(INTENT_RANKING_KEY, [danger, *others], add_to_output=True)


def _put_behind(message: Message) -> None:
    """A danger that is no longer believed does not stay the first guess; the others share its confidence."""
    best = message.get(INTENT) or {}
    if not str(best.get(INTENT_NAME_KEY)).startswith(DANGER) or best[PREDICTED_CONFIDENCE_KEY] == 1.0:
        return
    ranking = message.get(INTENT_RANKING_KEY) or []
    dangers = [{**one, PREDICTED_CONFIDENCE_KEY: 0.0} for one in ranking if one[INTENT_NAME_KEY].startswith(DANGER)]
    others = [one for one in ranking if not one[INTENT_NAME_KEY].startswith(DANGER)]
    left = sum(one[PREDICTED_CONFIDENCE_KEY] for one in others)
    if left:
        others = [{**one, PREDICTED_CONFIDENCE_KEY: one[PREDICTED_CONFIDENCE_KEY] / left} for one in others]
        message.set(INTENT, others[0], add_to_output=True)
        message.set(INTENT_RANKING_KEY, [*others, *dangers], add_to_output=True)


def _denied(text: str, start: int, negations: tuple[str, ...]) -> bool:
    return text.endswith(negations, 0, start) and not text.endswith(NO_DENIAL, 0, start)


@cache
def _simplified() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def _plain(text: str) -> str:
    """Simplified, half-width, lower case, without the spaces that a voice transcript sets for pauses."""
    half_width = unicodedata.normalize("NFKC", text).lower()
    return re.sub(r"[^\S\n]+", "", _simplified().convert(half_width))


def _alternation(words: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile("|".join(_pattern(_plain(word)) for word in longest_first))


def _hits(words: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    """Every place where one of the words begins, overlapping ones too (a plain search is much faster than a lookahead)."""
    hit = words.search(text)
    while hit:
        yield hit.span()
        hit = words.search(text, hit.start() + 1)


def _pattern(word: str) -> str:
    if word.startswith("/"):
        return f"(?:{word.strip('/')})"
    parts = GAP.join(re.escape(part) for part in re.split("…|\\.\\.\\.", word))
    # 「8岁」 is not the end of 「38岁」.
    return f"(?<![{NUMERALS}]){parts}" if re.match(f"[{NUMERALS}]", word) else parts
