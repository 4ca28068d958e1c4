"""Measuring, and what the answers lack."""

import json
from pathlib import Path
from typing import Annotated

import typer

from commands.base import day_of, lines_of, open_database, say, today
from commands.texts import stored_statutes
from hotline.clock import SHANGHAI
from settings import settings

evaluate = typer.Typer(no_args_is_help=True, help="测量：JSON Lines 进，JSON 数字出")


@evaluate.command("statutes")
def evaluate_statutes(
    file: Annotated[Path, typer.Argument(help="一行一个 JSON 对象：question 和 articles")],
    bank: Annotated[Path | None, typer.Option(help="换用这个题库，不写入数据库")] = None,
    on: Annotated[str, typer.Option(help="哪一天的法律；默认法规库最新的一天")] = "",
) -> None:
    """测量条文检索：MRR@10、recall@5/10/20 和用时。"""
    from evaluation.statutes import evaluate as measure
    from evaluation.statutes import read_cases
    from knowledge.statute_search import Asked

    library = stored_statutes()
    if not library.load() or not library.collected:
        say("还没有导入法律法规；先运行 yuanxian statutes import 目录")
        raise typer.Exit(1)
    day = day_of(on) if on else library.collected
    try:
        if bank:
            library.learn(Asked(case.question, tuple(case.articles)) for case in read_cases(lines_of(bank)))
        cases = read_cases(lines_of(file))
    except ValueError as error:
        say(f"{file}: {error}")
        raise typer.Exit(2) from None
    figures = measure(cases, lambda question: [(one.law, one.article) for one in library.search(question, day, 20)])
    say(json.dumps(figures))


@evaluate.command("topics")
def evaluate_topics(
    file: Annotated[Path, typer.Argument(help="一行一个 JSON 对象：question 和 topic（二十个公开类别）")],
) -> None:
    """测量问题归类：用训练好的对话模型读一遍，算对了几成。"""
    from evaluation.reading import Unreadable, read
    from evaluation.topics import evaluate as measure
    from evaluation.topics import read_cases

    try:
        cases = read_cases(lines_of(file))
        readings = read([case.question for case in cases], _model())
    except ValueError as error:
        say(f"{file}: {error}")
        raise typer.Exit(2) from None
    except Unreadable as error:
        say(f"对话模型读不了：{error}")
        raise typer.Exit(1) from None
    say(json.dumps(measure(cases, readings), ensure_ascii=False))


@evaluate.command("conversations")
def evaluate_conversations(
    file: Annotated[Path, typer.Argument(help="一行一个 JSON 对象：name 和 turns")],
) -> None:
    """测量整段对话：和正在运行的系统说一遍，算对了几段。"""
    from evaluation.conversations import citizen, read_cases
    from evaluation.conversations import evaluate as measure
    from terminal import Refused

    base_url = settings().base_url
    try:
        figures = measure(read_cases(lines_of(file)), lambda: citizen(base_url))
    except ValueError as error:
        say(f"{file}: {error}")
        raise typer.Exit(2) from None
    except Refused as refusal:
        say(str(refusal))
        raise typer.Exit(1) from None
    say(json.dumps(figures, ensure_ascii=False))


@evaluate.command("gaps")
def evaluate_gaps(
    since: Annotated[str, typer.Option("--from", help="从哪天起，如 2026-01-01；默认全部")] = "",
    number: Annotated[int, typer.Option("--cluster", min=1, help="第几组，给 --draft 和 --examples 用")] = 1,
    draft: Annotated[Path | None, typer.Option(help="把这一组写成答复的草稿")] = None,
    examples: Annotated[Path | None, typer.Option(help="把这一组写成这个主题的训练例句")] = None,
) -> None:
    """没有答好的问题（本人同意留下的），按问的是不是一回事分组，多的在前；从一组可以起草答复或者例句。"""
    from datetime import datetime, time

    from evaluation.gaps import describe, group
    from knowledge.answers import load_answers
    from knowledge.gaps import draft_answer, draft_examples
    from knowledge.search import AnswerIndex

    begin = datetime.combine(day_of(since), time(), SHANGHAI) if since else datetime(2000, 1, 1, tzinfo=SHANGHAI)
    with open_database()() as uow:
        found = group(uow.gaps.since(begin), AnswerIndex(load_answers()), today())
    for place, one in enumerate(found, 1):
        say(describe(place, one))
    if not found:
        say("还没有市民同意留下的问题")
    elif number > len(found):
        say(f"只有 {len(found)} 组")
        raise typer.Exit(2)
    else:
        chosen = found[number - 1]
        for file, text in ((draft, draft_answer), (examples, draft_examples)):
            if file:
                file.write_text(text(chosen.questions, chosen.topic), "utf-8")
                say(f"第 {number} 组写进了 {file}")


def _model() -> Path:
    """The trained dialogue model."""
    from processes import MODEL

    model = settings().model_path / MODEL
    if not model.exists():
        say("还没有对话模型；先运行 yuanxian train")
        raise typer.Exit(1)
    return model
