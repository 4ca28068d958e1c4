"""What is answered from: reviewed answers, statutes, the question bank."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.base import database, day_of, lines_of, open_database, say
from settings import settings

if TYPE_CHECKING:
    from knowledge.statute_library import Found, StatuteLibrary

answers = typer.Typer(no_args_is_help=True, help="审定的答复")
statutes = typer.Typer(no_args_is_help=True, help="法律法规全文")
questions = typer.Typer(no_args_is_help=True, help="题库：问题和正确的条文")


@answers.command("check")
def check_answers(
    statutes: Annotated[Path | None, typer.Option(help="法规文本目录；默认用设置里的")] = None,
) -> None:
    """检查每条答复：格式、引用的条文是否存在、期限是否写在条文里。"""
    from knowledge.answers import InvalidAnswers, load_answers, read_drafts
    from knowledge.check import check_answers as check

    folder = statutes or settings().statutes_dir
    drafts, faults = read_drafts()
    for fault in faults:
        say(str(fault))
    if drafts:
        say(f"草稿 {len(drafts)} 条，不对外提供：{'、'.join(drafts)}")
    try:
        loaded = load_answers()
    except InvalidAnswers as error:
        for problem in error.problems:
            say(str(problem))
        raise typer.Exit(1) from None
    if folder is None:
        say(f"{len(loaded)} 条答复格式正确；没有法规文本，条文没有核对（设置 YUANXIAN_STATUTES_DIR 后可以）")
        return
    problems = list(check(loaded, folder))
    for one in problems:
        say(str(one))
    wrong = [one for one in problems if one.kind != "unverifiable"]
    say(f"{len(loaded)} 条答复，{len(wrong)} 处错误，{len(problems) - len(wrong)} 处条文晚于法规文本、无法核对")
    raise typer.Exit(1 if wrong else 0)


@statutes.command("import")
def import_statutes(folder: Annotated[Path, typer.Argument(help="存放法规（Markdown）的目录")]) -> None:
    """导入法律法规；可以中断、可以重复，没有变化的不再导入。"""
    from knowledge.statutes_import import import_statutes as bring_in

    try:
        with typer.progressbar(length=1, label="导入") as bar:

            def progress(done: int, total: int) -> None:
                bar.length = total
                bar.update(done - bar.pos)

            report = bring_in(folder, open_database(), progress)
    except FileNotFoundError:
        say(f"{folder} 下面没有法规（*.md）；给出存放法规的目录")
        raise typer.Exit(1) from None
    for file, reason in report.unreadable:
        say(f"没有读出　{file}：{reason}")
    say("正在建立检索……")
    stored_statutes(learnt=False).load()
    say(
        f"导入 {report.stored} 部、{report.articles} 条，没有变化的 {report.unchanged} 部，"
        f"没有读出的 {len(report.unreadable)} 个文件"
    )


@statutes.command("show")
def show_statute(
    named: Annotated[str, typer.Argument(help="条文，如 劳动合同法85条")],
    on: Annotated[str, typer.Option(help="哪一天的法律；默认今天")] = "",
) -> None:
    """显示条文。"""
    _show(stored_statutes(learnt=False).named(named, day_of(on)), f"没有找到“{named}”；写法名和条号，如 劳动合同法85条")


@statutes.command("search")
def search_statutes(
    question: Annotated[str, typer.Argument(help="市民怎么说就怎么写")],
    on: Annotated[str, typer.Option(help="哪一天的法律；默认今天")] = "",
    limit: Annotated[int, typer.Option(help="几条")] = 5,
) -> None:
    """按市民的话找条文。"""
    library = stored_statutes()
    if not library.load():
        say("还没有导入法律法规；先运行 yuanxian statutes import 目录")
        raise typer.Exit(1)
    _show(library.search(question, day_of(on), limit), "没有找到；换个说法再试")


@questions.command("import")
def import_questions(
    file: Annotated[Path, typer.Argument(help="一行一个 JSON 对象：question 和 articles 或 answer")],
) -> None:
    """导入题库；马上用于检索，正在运行的网关也一样。"""
    from datetime import UTC, datetime

    from knowledge.answers import load_answers
    from knowledge.citations import LawNames
    from knowledge.question_bank import read_questions

    open_uow = open_database()
    with open_uow() as uow:
        newest = {edition.law: edition for edition in uow.statutes.editions()}
        read, bad = read_questions(
            lines_of(file),
            LawNames(newest),
            lambda law, article: bool(uow.statutes.texts([(newest[law], article)])),
            {answer.id for answer in load_answers()},
        )
        changed = uow.question_bank.put(read, datetime.now(UTC))
    for line in bad:
        say(f"第 {line.number} 行　{line.message}")
    say(f"读出 {len(read)} 个问题，其中新的或者改过的 {changed} 个；{len(bad)} 处错误")
    raise typer.Exit(1 if bad else 0)


def stored_statutes(learnt: bool = True) -> "StatuteLibrary":
    """The stored statutes; a search learns from the reviewed answers, which take seconds to read."""
    from knowledge.answers import load_answers
    from knowledge.statute_library import StatuteLibrary
    from store.unit_of_work import unit_of_work_factory

    open_reading = unit_of_work_factory(database())[1]
    return StatuteLibrary(open_reading, load_answers() if learnt else (), settings().cache_path)


def _show(articles: "list[Found]", otherwise: str) -> None:
    for found in articles:
        say(f"《{found.law}》{found.article}（{found.adopted}）\n{found.text}\n")
    if not articles:
        say(otherwise)
        raise typer.Exit(1)
