"""Questions without a good answer, put together where they ask the same, so that an editor sees what is lacking most."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import yaml

from knowledge.postings import Postings, grams, unit

ALIKE = 0.25
"""Cosine of two questions' weighted runs of characters from which they are put together. Chosen on some 370 wordings of
reviewed answers, which differ from each other on purpose: a third find company, and two thirds of these the right one."""
EXAMPLES, VARIANTS = 3, 12
TO_BE_WRITTEN = "（待写）"


@dataclass(frozen=True, slots=True)
class Cluster:
    """Questions that ask the same, by their places in the list that was given; the most typical one first."""

    places: tuple[int, ...]


def cluster(questions: Sequence[str], usual: Sequence[str]) -> list[Cluster]:
    """Put alike questions together, the largest cluster first; each question is in one.

    Args:
        usual: other questions that people ask, from which it shows what words are rare.

    The question with most questions like it gathers them, then the next of those left: no chains, and the same questions
    give the same clusters.
    """
    known = Postings.build((*questions, *usual), unit)
    likeness = [_likeness(known, question)[: len(questions)] for question in questions]
    near = [set(np.flatnonzero(one >= ALIKE).tolist()) | {place} for place, one in enumerate(likeness)]
    left, found = set(range(len(questions))), list[Cluster]()
    for centre in sorted(left, key=lambda place: (-len(near[place]), place)):
        if centre in left:
            members = sorted(near[centre] & left, key=lambda place: (place != centre, -likeness[centre][place], place))
            left -= set(members)
            found.append(Cluster(tuple(members)))
    return sorted(found, key=lambda one: (-len(one.places), one.places))


def _likeness(known: Postings, question: str) -> Any:
    codes = np.unique(grams(question))
    rarity = known.rarity_of(codes, unknown=0.0)
    length = float(np.sqrt((rarity**2).sum()))
    return known.score(codes, rarity / length) if length else np.zeros(known.size, np.float32)


def draft_answer(questions: Sequence[str], topic: str) -> str:
    """A skeleton for `answers/<topic>.yaml`: the questions are there, what a lawyer has to write is marked.

    With `draft: true` it is checked and listed, but never served.
    """
    first, *others = dict.fromkeys(questions)
    entry = {
        "id": f"{topic}_draft",
        "draft": True,
        "topic": topic,
        "question": first,
        "variants": others[:VARIANTS],
        "conclusion": TO_BE_WRITTEN,
        "explanation": TO_BE_WRITTEN,
        "steps": [TO_BE_WRITTEN, TO_BE_WRITTEN],
        "deadlines": [],
        "evidence": [],
        "articles": [],
        "matter": None,
        "sister_hotline": None,
        "reviewed_on": None,
        "valid_from": None,
        "valid_to": None,
    }
    heading = (
        "# 草稿，由没有答好的问题生成。写完、核对条文、改好 id，再去掉 draft 这一行。问法用自己的话重写，不要照抄。\n"
    )
    return heading + yaml.safe_dump([entry], allow_unicode=True, sort_keys=False, width=120)


def draft_examples(questions: Sequence[str], topic: str) -> str:
    """The questions as training examples of the topic's intent, for `data/nlu/` once somebody has read them."""
    lines = "".join(f"      - {' '.join(question.split())}\n" for question in dict.fromkeys(questions))
    return (
        "# 由没有答好的问题生成。逐句读过、改成自己的话，再并进 data/nlu/ 里这个主题的文件。\n"
        f'version: "3.1"\nnlu:\n  - intent: ask_{topic}\n    examples: |\n{lines}'
    )
