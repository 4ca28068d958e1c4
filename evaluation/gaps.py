"""What `yuanxian evaluate gaps` lists: the questions that met with no good answer, by what they ask."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from hotline.clock import local
from hotline.gaps import Gap, Lack
from knowledge.gaps import EXAMPLES, cluster
from knowledge.search import AnswerIndex, Hit

LACKS = {Lack.NOTHING: "没有答复", Lack.ARTICLES: "只给了条文", Lack.ASKED_BACK: "两个里挑"}


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that ask the same, the most typical first, and the reviewed answer that comes nearest to that one."""

    questions: tuple[str, ...]
    lacks: Counter[Lack]
    latest: date
    topic: str
    nearest: Hit | None


def group(gaps: Sequence[Gap], answers: AnswerIndex, on: date) -> list[Group]:
    """The largest group first. The topic is what most of them were taken for, else that of the nearest answer."""
    return [
        _group([gaps[place] for place in found.places], answers, on)
        for found in cluster([gap.question for gap in gaps], answers.wordings)
    ]


def _group(gaps: Sequence[Gap], answers: AnswerIndex, on: date) -> Group:
    nearest = next(iter(answers.search(gaps[0].question, {}, on, limit=1)), None)
    topics = Counter(gap.topic for gap in gaps if gap.topic)
    guessed = nearest.answer.topic if nearest else "legal_aid"
    return Group(
        tuple(gap.question for gap in gaps),
        Counter(gap.lack for gap in gaps),
        max(local(gap.at).date() for gap in gaps),
        topics.most_common(1)[0][0] if topics else guessed,
        nearest,
    )


def describe(place: int, one: Group) -> str:
    """Some lines for an editor: how many, when last, the words, and what there is already."""
    lacks = "，".join(f"{LACKS[lack]} {count}" for lack, count in one.lacks.most_common())
    said = "".join(f"\n   {question}" for question in dict.fromkeys(one.questions[:EXAMPLES]))
    near = f"{one.nearest.answer.id}（{one.nearest.score:.2f}）{one.nearest.answer.question}" if one.nearest else "没有"
    return f"{place}. {len(one.questions)} 个，最近 {one.latest}，{one.topic}；{lacks}{said}\n   最像的答复：{near}"
