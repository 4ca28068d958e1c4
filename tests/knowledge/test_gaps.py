"""Questions that ask the same come together; drafts are listed and checked, never served."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.answers import TOPICS, Answer, load_answers, read_answers, read_drafts
from knowledge.gaps import TO_BE_WRITTEN, cluster, draft_answer, draft_examples

DRONE = ["无人机掉下来砸了我家瓦谁赔", "无人机掉下来把瓦砸了，谁来赔", "邻居的无人机砸了我家的瓦要赔吗"]
BEES = ["隔壁养蜂蜇了我家孩子", "隔壁养的蜂把孩子蜇了"]


def together(questions: list[str], answers: tuple[Answer, ...]) -> list[set[str]]:
    usual = [answer.question for answer in answers]
    return [{questions[place] for place in one.places} for one in cluster(questions, usual)]


def test_问一回事的归一组_多的在前_一句不漏也不重(answers: tuple[Answer, ...]) -> None:
    questions = [BEES[0], DRONE[0], "股票怎么退税", DRONE[1], BEES[1], DRONE[2]]
    assert together(questions, answers) == [set(DRONE), set(BEES), {"股票怎么退税"}]


def test_同样的问题给同样的分组() -> None:
    questions = [*DRONE, *BEES]
    assert cluster(questions, ()) == cluster(questions, ())


@pytest.mark.parametrize("questions", [[], [""], ["", "😀", "？"], ["一样", "一样"]])
def test_没有可用的字_一句也没有_都不出错(questions: list[str]) -> None:
    assert sorted(place for one in cluster(questions, ()) for place in one.places) == list(range(len(questions)))


def test_审定答复的问法_故意写得不一样_归在一起的多数也是同一条(answers: tuple[Answer, ...]) -> None:
    chosen, usual = answers[::12], [text for answer in answers for text in (answer.question, *answer.variants)]
    asked = [(variant, answer.id) for answer in chosen for variant in (answer.question, *answer.variants[:7])]
    found = [one for one in cluster([text for text, _ in asked], usual) if len(one.places) > 1]
    pairs = [(asked[one.places[0]][1], asked[place][1]) for one in found for place in one.places[1:]]
    assert sum(a == b for a, b in pairs) / len(pairs) >= 0.5
    assert sum(len(one.places) for one in found) / len(asked) >= 0.25


def write(folder: Path, *entries: Any, name: str = "wages.yaml") -> Path:
    (folder / name).write_text(yaml.safe_dump(list(entries), allow_unicode=True, sort_keys=False), "utf-8")
    return folder


def test_草稿能读_不对外提供_旁边的答复照旧(tmp_path: Path, entry: dict[str, Any]) -> None:
    write(tmp_path, entry)
    (tmp_path / "draft.yaml").write_text(draft_answer(DRONE, "personal_injury"), "utf-8")
    assert [answer.id for answer in load_answers(tmp_path)] == [entry["id"]]
    assert read_drafts(tmp_path) == (("personal_injury_draft",), ())


def test_去掉草稿标记_没写完的就通不过(tmp_path: Path) -> None:
    (drafted,) = yaml.safe_load(draft_answer(DRONE, "personal_injury"))
    assert (drafted["question"], drafted["conclusion"]) == (DRONE[0], TO_BE_WRITTEN)
    del drafted["draft"]
    served, problems = read_answers(write(tmp_path, drafted, name="personal_injury.yaml"))
    assert served == () and problems


def test_草稿缺题目和问题_检查时说出来(tmp_path: Path) -> None:
    drafts, problems = read_drafts(write(tmp_path, {"id": "x", "draft": True, "topic": "no_such_topic"}))
    assert drafts == ("x",)
    assert {problem.message for problem in problems} == {
        "a draft needs question; see the other entries",
        "a draft needs topic; see the other entries",
    }


def test_例句归到主题的意图_一句一行() -> None:
    written = yaml.safe_load(draft_examples([*DRONE, DRONE[0], "两行\n的问题"], "personal_injury"))
    (intent,) = written["nlu"]
    assert intent["intent"] == "ask_personal_injury" and "personal_injury" in TOPICS
    assert intent["examples"].splitlines() == [f"- {line}" for line in (*DRONE, "两行 的问题")]
