"""What a file of answers must look like, and what its editor is told when it does not."""

from collections.abc import Callable
from dataclasses import FrozenInstanceError
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.answers import Answer, Article, InvalidAnswers, in_force, load_answers, read_answers

Write = Callable[..., Path]
ROOT = Path(__file__).parents[2]


def test_完整的条目读成带类型的答案(entry: dict[str, Any], write: Write) -> None:
    (answer,) = load_answers(write(entry))
    assert answer.topic == "wages" and answer.variants[0] == "老板三个月没发工资"
    assert answer.deadlines[0].period == "一年" and answer.valid_to is None
    assert answer.cited == (Article("劳动合同法", "第八十五条"), Article("劳动争议调解仲裁法", "第二十七条"))


def test_答案不可改(entry: dict[str, Any], write: Write) -> None:
    (answer,) = load_answers(write(entry))
    with pytest.raises(FrozenInstanceError):
        answer.topic = "divorce"  # type: ignore[misc]


SPOILT: list[tuple[str, dict[str, Any], str]] = [
    ("结论超过80字", {"conclusion": "您" * 81}, "conclusion has 81 characters; cut it to 80"),
    ("只有五种问法", {"variants": list("一二三四五")}, "only 5 different variants"),
    ("重复的问法不算", {"variants": ["要工资"] * 9}, "only 1 different variants"),
    ("问法里混进数字", {"variants": [*"一二三四五六", 12333]}, "variants: every line must be text"),
    ("未知主题", {"topic": "wage"}, "unknown topic wage"),
    ("放错文件", {"topic": "divorce"}, "belongs in divorce.yaml"),
    ("多余的键", {"keyword": "工资"}, "unknown key keyword"),
    ("编号不是小写英文", {"id": "欠薪"}, "id must be lower-case ascii"),
    ("步骤太少", {"steps": ["去投诉。"]}, "1 steps; give 2 to 5"),
    ("没有法条", {"articles": []}, "articles is empty"),
    ("法条用阿拉伯数字", {"articles": [{"law": "劳动合同法", "article": "第85条"}]}, "write the article in Chinese"),
    ("法条带款", {"articles": [{"law": "劳动合同法", "article": "第八十五条第一款"}]}, "without 款 or 项"),
    ("法条缺条号", {"articles": [{"law": "劳动合同法"}]}, "articles 1: article is missing"),
    ("期限写成文字", {"deadlines": ["一年"]}, "deadlines 1: must be a mapping with name, period"),
    ("未核实的热线", {"sister_hotline": "12385"}, "sister_hotline 12385 is not a verified number"),
    ("步骤里有未核实的热线", {"steps": ["打12378投诉。", "起诉。"]}, "12378 is not a verified number"),
    ("热线没加引号", {"sister_hotline": 12333}, "sister_hotline must be text (quote it) or null"),
    ("日期写成文字", {"reviewed_on": "去年"}, "reviewed_on must be a date"),
    ("终止日早于起始日", {"valid_to": date(2021, 12, 31)}, "is before valid_from"),
    ("空的结论", {"conclusion": ""}, "conclusion must be text"),
    ("空白的步骤", {"steps": ["去投诉。", " "]}, "steps: every line must be text"),
]


@pytest.mark.parametrize(("change", "message"), [(c, m) for _, c, m in SPOILT], ids=[name for name, _, _ in SPOILT])
def test_不合格的条目报出文件编号和改法(
    entry: dict[str, Any], write: Write, change: dict[str, Any], message: str
) -> None:
    entry |= change
    with pytest.raises(InvalidAnswers) as raised:
        load_answers(write(entry))
    (problem,) = raised.value.problems
    assert (problem.file, problem.entry) == ("wages.yaml", entry["id"])
    assert message in problem.message


@pytest.mark.parametrize("key", ["id", "conclusion", "matter", "valid_to", "deadlines"])
def test_缺哪个键说哪个键(entry: dict[str, Any], write: Write, key: str) -> None:
    del entry[key]
    with pytest.raises(InvalidAnswers, match=f"{key} is missing"):
        load_answers(write(entry))


OLD = ["婚姻法", "合同法", "侵权责任法", "物权法", "继承法", "民法总则", "担保法", "收养法", "民法通则"]
OLD += [
    f"最高人民法院关于审理劳动争议案件适用法律若干问题的解释{n}" for n in ("", "（一）", "（二）", "（三）", "（四）")
]
OLD += ["中华人民共和国合同法", "《婚姻法》", "最高人民法院关于适用《婚姻法》若干问题的解释（二）"]


@pytest.mark.parametrize("law", OLD)
def test_不得引用已被取代的法(entry: dict[str, Any], write: Write, law: str) -> None:
    entry["articles"] = [{"law": law, "article": "第四条"}]
    with pytest.raises(InvalidAnswers, match=r"is not in force since 2021-01-01.*cite"):
        load_answers(write(entry))


def test_环境保护法废止前一日到期的答案可以留着(entry: dict[str, Any], write: Write) -> None:
    entry |= {"articles": [{"law": "环境保护法", "article": "第六十六条"}], "valid_to": date(2026, 8, 14)}
    assert load_answers(write(entry))
    entry["valid_to"] = date(2026, 8, 15)
    with pytest.raises(InvalidAnswers, match="生态环境法典"):
        load_answers(write(entry))


def test_编号在所有文件里只用一次(entry: dict[str, Any], write: Write) -> None:
    write(entry | {"topic": "loans"}, topic="loans")
    with pytest.raises(
        InvalidAnswers, match=r"wages\.yaml: wages_unpaid: id is already used by a question of loans\.yaml"
    ):
        load_answers(write(entry))


def test_坏条目全部报出而好条目照读(entry: dict[str, Any], write: Write) -> None:
    answers, problems = read_answers(write(entry, "只是一句话", entry | {"id": "b", "topic": "x", "steps": []}))
    assert [answer.id for answer in answers] == ["wages_unpaid"]
    assert [problem.entry for problem in problems] == ["entry 2", "b", "b"]


@pytest.mark.parametrize("text", ["", "wages: 1", "- id: [", "\x00", "[]"])
def test_读不懂的文件不让程序崩溃(tmp_path: Path, text: str) -> None:
    (tmp_path / "wages.yaml").write_text(text, "utf-8")
    with pytest.raises(InvalidAnswers, match=r"wages\.yaml"):
        load_answers(tmp_path)


def test_不是UTF8的文件说清楚(tmp_path: Path) -> None:
    (tmp_path / "wages.yaml").write_bytes("- id: 单位拖欠工资".encode("gb18030"))
    with pytest.raises(InvalidAnswers, match="UTF-8"):
        load_answers(tmp_path)


def test_同一个键写了两遍不悄悄丢掉前一个(tmp_path: Path) -> None:
    (tmp_path / "wages.yaml").write_text("- id: a\n  steps: [甲]\n  steps: [乙]\n", "utf-8")
    with pytest.raises(InvalidAnswers, match="steps is written twice"):
        load_answers(tmp_path)


def test_空文件夹不算合格(tmp_path: Path) -> None:
    with pytest.raises(InvalidAnswers, match="no answer files"):
        load_answers(tmp_path)


def tell(folder: Path, text: str) -> None:
    """Put a file of stories beside a folder of answers."""
    (folder.parent / "stories").mkdir(exist_ok=True)
    (folder.parent / "stories" / "wages.yaml").write_text(text, "utf-8")


def test_市民怎么讲放在答案旁边_按编号读进来(entry: dict[str, Any], write: Write) -> None:
    folder = write(entry)
    tell(folder, "wages_unpaid:\n  - 干了仨月一分没见着\n  - 我表弟在饭店洗碗，老板说下月一起给\n")
    (answer,) = load_answers(folder)
    assert answer.stories == ("干了仨月一分没见着", "我表弟在饭店洗碗，老板说下月一起给")


@pytest.mark.parametrize(
    ("text", "entry_named", "told"),
    [
        ("no_such_answer: [甲]", "no_such_answer", "no sound answer has this id"),
        ("wages_unpaid: 甲", "wages_unpaid", "must be a list of texts"),
        ("wages_unpaid: [12]", "wages_unpaid", "must be a list of texts"),
        ("- 甲", "-", "must map the id of an answer"),
        ("wages_unpaid: [", "-", "cannot be read as UTF-8 YAML"),
        ("wages_unpaid: [甲]\nwages_unpaid: [乙]", "-", "written twice"),
    ],
)
def test_讲法的文件坏了_说出文件编号和改法(
    entry: dict[str, Any], write: Write, text: str, entry_named: str, told: str
) -> None:
    folder = write(entry)
    tell(folder, text)
    answers, (problem,) = read_answers(folder)
    assert [answer.id for answer in answers] == ["wages_unpaid"]
    assert (problem.file, problem.entry) == ("stories/wages.yaml", entry_named) and told in problem.message


def test_只给当天有效的答案(entry: dict[str, Any], write: Write) -> None:
    entry |= {"valid_from": date(2026, 7, 1), "valid_to": date(2026, 12, 31)}
    answers = load_answers(write(entry))
    day = timedelta(days=1)
    assert in_force(answers, date(2026, 7, 1)) == in_force(answers, date(2026, 12, 31)) == answers
    assert in_force(answers, date(2026, 7, 1) - day) == in_force(answers, date(2026, 12, 31) + day) == ()


# --- the answers the product ships


def test_产品自带的答案全部合格(answers: tuple[Answer, ...]) -> None:
    assert len({answer.topic for answer in answers}) == 26


PROMISES = (
    "一定能赢",
    "肯定能赢",
    "保证能",
    "包赢",
    "一定会赢",
    "肯定会赔",
    "一定能要回",
    "肯定能要回",
    "必胜",
    "胜诉率",
)


def test_不承诺结果(answers: tuple[Answer, ...]) -> None:
    texts = {a.id: " ".join((a.conclusion, a.explanation, *a.steps)) for a in answers}
    assert not {name: word for name, text in texts.items() for word in PROMISES if word in text}


def test_称呼用您(answers: tuple[Answer, ...]) -> None:
    texts = {a.id: " ".join((a.question, a.conclusion, a.explanation, *a.steps, *a.evidence)) for a in answers}
    assert not [name for name, text in texts.items() if "你" in text]


def test_事项代码都是资格规则里有的(answers: tuple[Answer, ...]) -> None:
    known = yaml.safe_load((ROOT / "eligibility" / "parameters" / "matters.yaml").read_text("utf-8"))["values"]
    assert {answer.matter for answer in answers if answer.matter} <= known.keys()


def test_不同答案的问法不相同(answers: tuple[Answer, ...]) -> None:
    seen: dict[str, str] = {}
    twice = {t: (seen[t], a.id) for a in answers for t in (a.question, *a.variants) if seen.setdefault(t, a.id) != a.id}
    assert not twice
