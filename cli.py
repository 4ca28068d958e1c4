"""The `yuanxian` command."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
import yaml

from hotline.clock import SHANGHAI
from settings import settings

if TYPE_CHECKING:
    from sqlalchemy import Engine

    import eligibility
    from hotline.permissions import Role
    from hotline.workstations_import import Remark
    from knowledge.statute_library import Found, StatuteLibrary
    from store.unit_of_work import OpenUow

app = typer.Typer(no_args_is_help=True, add_completion=False, help="援线：12348 法律援助热线助手")
db = typer.Typer(no_args_is_help=True, help="数据库")
answers = typer.Typer(no_args_is_help=True, help="审定的答复")
parameters = typer.Typer(no_args_is_help=True, help="有日期、有出处的法律参数")
keys = typer.Typer(no_args_is_help=True, help="加密的钥匙")
kept = typer.Typer(no_args_is_help=True, help="保存期限")
record = typer.Typer(no_args_is_help=True, help="全过程记录")
app.add_typer(db, name="db")
app.add_typer(keys, name="keys")
app.add_typer(kept, name="retention")
app.add_typer(record, name="audit")
app.add_typer(answers, name="answers")
app.add_typer(parameters, name="parameters")
statutes = typer.Typer(no_args_is_help=True, help="法律法规全文")
questions = typer.Typer(no_args_is_help=True, help="题库：问题和正确的条文")
evaluate = typer.Typer(no_args_is_help=True, help="测量：JSON Lines 进，JSON 数字出")
app.add_typer(statutes, name="statutes")
app.add_typer(questions, name="questions")
app.add_typer(evaluate, name="evaluate")
stations = typer.Typer(no_args_is_help=True, help="工作站点和值班表")
app.add_typer(stations, name="stations")
users = typer.Typer(no_args_is_help=True, help="工号和权限")
app.add_typer(users, name="users")


def _say(words: str) -> None:
    typer.echo(words)


def _today() -> date:
    from datetime import datetime

    return datetime.now(SHANGHAI).date()


@app.command()
def up() -> None:
    """启动网关和对话服务，意外停止会自动重启。"""
    from processes import run_system

    upgrade()
    run_system(settings(), _say)


@app.command(hidden=True)
def serve() -> None:
    """只启动网关（由 up 调用）。"""
    import uvicorn

    from api.app import create_app

    here = settings()
    uvicorn.run(
        create_app(here), host=here.host, port=here.port, log_config=None, access_log=False, timeout_graceful_shutdown=8
    )


@app.command()
def train(if_changed: Annotated[bool, typer.Option("--if-changed", help="没有改动就不训练")] = False) -> None:
    """训练对话模型。"""
    from subprocess import CalledProcessError

    from processes import train as train_model

    try:
        if not train_model(settings(), if_changed, _say):
            _say("对话模型已是最新")
    except CalledProcessError as error:
        _say("训练没有成功，原因见上面 Rasa 的输出")
        raise typer.Exit(error.returncode) from None


@app.command()
def chat() -> None:
    """在终端里和正在运行的系统对话。"""
    from terminal import Refused
    from terminal import chat as talk

    try:
        talk(settings().base_url, lambda who: input(f"{who}> "), _say)
    except Refused as refusal:
        _say(str(refusal))
        raise typer.Exit(1) from None


@app.command()
def desk(login: Annotated[str, typer.Option(help="工号")] = "demo") -> None:
    """值班员的终端：等候的会话、接待、回复、交还、结束。"""
    from terminal import Refused
    from terminal import desk as sit

    password = (
        settings().operator_password.get_secret_value() if login == "demo" else typer.prompt("口令", hide_input=True)
    )
    try:
        sit(settings().base_url, login, password, lambda who: input(f"{who}> "), _say)
    except Refused as refusal:
        _say(str(refusal))
        raise typer.Exit(1) from None


FACTS_HELP = "事实，JSON；不给就从标准输入读。名称见 eligibility/facts.py，代码见 eligibility/parameters/"


@app.command()
def assess(
    facts: Annotated[str, typer.Argument(help=FACTS_HELP)] = "",
    cases: Annotated[Path | None, typer.Option(help="案例文件（YAML 或 JSON Lines），每个案例输出一行 JSON")] = None,
    on: Annotated[str, typer.Option(help="申请日，如 2025-08-01；默认今天")] = "",
    explain: Annotated[bool, typer.Option("--explain", help="附上给市民和给值班员的说明")] = False,
) -> None:
    """按有日期的法律初步判断法律援助资格。"""
    import eligibility

    law = _law()
    if cases is not None:
        for case in _cases_in(cases):
            _say(json.dumps(_assessed(case, law), ensure_ascii=False))
        return
    try:
        day = date.fromisoformat(on) if on else _today()
        told = eligibility.Facts.from_mapping(json.loads(facts or sys.stdin.read()))
        result = eligibility.assess(told, day, law)
    except json.JSONDecodeError:
        _say('事实要写成 JSON，例如 {"matter": "M05A", "migrant_worker": true}')
        raise typer.Exit(2) from None
    except eligibility.EligibilityError as error:
        _say(f"{error.code}: {error}\n{error.sentence}")
        raise typer.Exit(2) from None
    except ValueError:
        _say(f"申请日 {on} 不是日期，要写成 2025-08-01 这样")
        raise typer.Exit(2) from None
    shown: dict[str, Any] = {
        "outcome": result.outcome,
        "reasons": result.reasons,
        "flags": result.flags,
        "aid": result.aid,
        "indicative": result.indicative,
        "missing": result.missing,
        "agency": asdict(result.agency) if result.agency else None,
        "materials": result.materials,
        "remedies": result.remedies,
        "time_limits": result.time_limits,
    }
    if explain:
        explanation = eligibility.explain(result)
        shown |= {"citizen": explanation.citizen, "operator": explanation.operator, "changes": explanation.changes}
    _say(json.dumps(shown, ensure_ascii=False, indent=2, default=str))


@db.command()
def upgrade() -> None:
    """把数据库升级到当前结构。"""
    from store.migrate import upgrade as to_head

    to_head(_database())


@db.command()
def backup(file: Annotated[Path, typer.Argument(help="备份文件；已有的会被换掉")]) -> None:
    """系统运行时备份整个数据库；备份是加密的，恢复要用同一把钥匙。"""
    from store.backup import back_up

    counts = back_up(_database(), file)
    _say(f"已备份 {sum(counts.values())} 行，{len(counts)} 张表：{file}")


@db.command()
def restore(file: Annotated[Path, typer.Argument(help="备份文件", exists=True, dir_okay=False)]) -> None:
    """把备份恢复到一个空的数据库。"""
    from store.backup import BackupUnusable
    from store.backup import restore as fill

    try:
        counts = fill(_database(), file)
    except BackupUnusable as error:
        _say(f"没有恢复：{error}")
        raise typer.Exit(1) from None
    _say(f"已恢复 {sum(counts.values())} 行，{len(counts)} 张表")


@keys.command()
def rotate() -> None:
    """用现在的钥匙改写旧钥匙加密的数据；系统可以照常运行。"""
    from store.files import EncryptedFiles
    from store.key_rotation import rotate as rewrite

    rewritten = {table: rows for table, rows in rewrite(_database()).items() if rows}
    for table, rows in rewritten.items():
        _say(f"{table}：{rows} 行")
    files = EncryptedFiles(settings().proofs_path).rotate()
    _say(f"改写了 {sum(rewritten.values())} 行、{files} 个文件；旧钥匙现在可以从设置里去掉")


@kept.command("run")
def run_retention(dry_run: Annotated[bool, typer.Option("--dry-run", help="只数，不删")] = False) -> None:
    """按保存期限表清理。网关每天夜里自己做一次，这个命令供手工和定时任务使用。"""
    from datetime import UTC, datetime

    from hotline import retention
    from store.unit_of_work import unit_of_work_factory

    open_uow, open_reading = unit_of_work_factory(_database())
    now = datetime.now(UTC)
    for rule in retention.deleting_rules():
        rows = 0
        with open_reading() as uow:
            left = retention.due(uow, rule, now)
        while left and not dry_run:
            with open_uow() as uow:
                left = retention.carry_out(uow, rule, now)
            rows += left
        done = f"应清理 {left} 行" if dry_run else f"已清理 {rows} 行"
        _say(f"{rule.name}（{rule.days} 天，从{rule.starts}算）：{done}")


@record.command("verify")
def verify_record() -> None:
    """检查全过程记录有没有被改过、删过。"""
    from store.unit_of_work import unit_of_work_factory

    with unit_of_work_factory(_database())[1]() as uow:
        broken = uow.audit.broken_at()
    if broken is not None:
        _say(f"第 {broken} 条起对不上：被改过、删过，或者是后来拼上的")
        raise typer.Exit(1)
    _say("记录完整，没有改动")


@record.command("export")
def export_record(
    file: Annotated[Path, typer.Argument(help="写到这个文件，一行一条 JSON，带校验链")],
    since: Annotated[str, typer.Option("--from", help="从哪天起，如 2026-01-01；默认从头")] = "",
    until: Annotated[str, typer.Option("--to", help="到哪天为止（含）；默认到现在")] = "",
) -> None:
    """把全过程记录导出到别处保存：数据库的主人能截掉它的末尾，导出去的截不掉。"""
    from datetime import datetime, time, timedelta

    from hotline.audit import AuditSearch, plain

    first = datetime.combine(_day(since), time(), SHANGHAI) if since else None
    last = datetime.combine(_day(until) + timedelta(days=1), time(), SHANGHAI) if until else None
    written, after = 0, 0
    open_uow = _open_database()
    with file.open("w", encoding="utf-8") as out:
        while True:
            with open_uow() as uow:
                entries = uow.audit.find(AuditSearch(after, since=first, until=last, limit=5_000))
                lines = [
                    json.dumps({name: plain(value) for name, value in asdict(one).items()}, ensure_ascii=False)
                    for one in entries
                ]
            if not lines:
                break
            out.writelines(f"{line}\n" for line in lines)
            written, after = written + len(lines), json.loads(lines[-1])["seq"]
    _say(f"已导出 {written} 条：{file}")


@users.command("add")
def add_user(
    login: Annotated[str, typer.Argument(help="工号")],
    name: Annotated[str, typer.Option(help="显示的名字")],
    role: Annotated[
        str,
        typer.Option(help="operator 值班人员、lawyer 值班律师、reviewer 审查人员、supervisor 值班长、auditor 审计人员"),
    ] = "operator",
) -> None:
    """增加工号；已有的工号，换成这次的名字、权限和口令。口令在终端里输入，或者从标准输入读一行。"""
    from datetime import UTC, datetime

    from hotline import operators
    from hotline.errors import PasswordTooShort

    wanted = _role(role)
    password = (
        typer.prompt("口令", hide_input=True, confirmation_prompt=True)
        if sys.stdin.isatty()
        else sys.stdin.readline().rstrip("\n")
    )
    try:
        operators.require_password(password)
    except PasswordTooShort as error:
        _say(error.sentence)
        raise typer.Exit(2) from None
    hashed = operators.hash_password(password)
    with _open_database()() as uow:
        operators.enrol(uow, login, hashed, name, datetime.now(UTC), wanted)
    _say(f"工号 {login}（{_role_words(role)}）可以登录了")


@users.command("role")
def change_user_role(login: Annotated[str, typer.Argument(help="工号")], role: str) -> None:
    """换权限，马上生效。"""
    from datetime import UTC, datetime

    from hotline import operators

    wanted = _role(role)
    with _known_login(), _open_database()() as uow:
        operators.change_role(uow, login, wanted, datetime.now(UTC))
    _say(f"工号 {login} 现在是{_role_words(role)}")


@users.command("close")
def close_user(login: Annotated[str, typer.Argument(help="工号")]) -> None:
    """停用工号，已登录的也马上退出；做过的事仍在记录里。"""
    from datetime import UTC, datetime

    from hotline import operators

    with _known_login(), _open_database()() as uow:
        operators.close(uow, login, datetime.now(UTC))
    _say(f"工号 {login} 已经停用")


@users.command("list")
def list_users() -> None:
    """所有的工号。"""
    with _open_database()() as uow:
        for one in uow.operators.all():
            closed = f"，{one.closed_at.astimezone(SHANGHAI):%Y-%m-%d} 停用" if one.closed_at else ""
            _say(f"{one.login}　{one.display_name}　{_role_words(one.role)}{closed}")


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
        _say(str(fault))
    if drafts:
        _say(f"草稿 {len(drafts)} 条，不对外提供：{'、'.join(drafts)}")
    try:
        loaded = load_answers()
    except InvalidAnswers as error:
        for problem in error.problems:
            _say(str(problem))
        raise typer.Exit(1) from None
    if folder is None:
        _say(f"{len(loaded)} 条答复格式正确；没有法规文本，条文没有核对（设置 YUANXIAN_STATUTES_DIR 后可以）")
        return
    problems = list(check(loaded, folder))
    for one in problems:
        _say(str(one))
    wrong = [one for one in problems if one.kind != "unverifiable"]
    _say(f"{len(loaded)} 条答复，{len(wrong)} 处错误，{len(problems) - len(wrong)} 处条文晚于法规文本、无法核对")
    raise typer.Exit(1 if wrong else 0)


@parameters.command("check")
def check_parameters() -> None:
    """检查法律参数：时段有无重叠、缺口，有无出处，哪些金额该更新了。"""
    from eligibility.upkeep import overdue

    late = list(overdue(_law(), _today()))
    for line in late:
        _say(line)
    _say(f"法律参数没有错误；{len(late)} 项金额已过预计的调整日，补上新数之前，有关的判断一律交给人")


@parameters.command("replay")
def replay_assessments(
    overlay: Annotated[Path | None, typer.Option(help="改过的参数所在目录；不给就用现在的参数")] = None,
    file: Annotated[Path | None, typer.Option(help="以前的判断（JSON Lines）；不给就用数据库里留存的")] = None,
) -> None:
    """用改过的参数把以前的判断重新做一遍，列出每一处不同，供律师在生效前审阅。"""
    import eligibility
    from eligibility.upkeep import in_words

    law = _law(overlay)
    try:
        found = eligibility.replay(_past_in(file) if file else _past_kept(), law)
    except eligibility.EligibilityError as error:
        _say(str(error))
        raise typer.Exit(1) from None
    for difference in found.differences:
        for line in in_words(difference, law):
            _say(line)
    _say(f"重做 {found.count} 件，{sum(one.times for one in found.differences)} 件结果不同")


def _assessed(case: dict[str, Any], law: "eligibility.Law") -> dict[str, Any]:
    """One case of a file; a case that cannot be assessed is for a person, and does not stop the others."""
    import eligibility

    try:
        return eligibility.assess_case(case, law)
    except eligibility.EligibilityError as error:
        nothing: dict[str, Any] = {"reasons": [], "flags": [], "aid": None, "indicative": None}
        problem = {"error": error.code, "message": str(error), "sentence": error.sentence}
        return {"id": case.get("id"), "outcome": "review", **nothing, **problem}


def _past_in(file: Path) -> "list[eligibility.PastAssessment]":
    import eligibility

    try:
        lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
        return [eligibility.PastAssessment.from_mapping(json.loads(line)) for line in lines]
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise eligibility.UnknownFact(f"{file}: {error}; write one JSON object a line") from error
    except OSError as error:
        raise eligibility.UnknownFact(f"{file}: {error.strerror}; name a file of past assessments") from error


def _past_kept() -> "list[eligibility.PastAssessment]":
    from sqlalchemy.exc import DatabaseError

    from hotline import assessments
    from store.unit_of_work import unit_of_work_factory

    try:
        with unit_of_work_factory(_database())[1]() as uow:
            return list(assessments.past(uow))
    except DatabaseError:
        _say("数据库里读不到留存的判断；先运行 yuanxian db upgrade，或者用 --file 给一个文件")
        raise typer.Exit(1) from None


@stations.command("template")
def station_template(
    roster: Annotated[bool, typer.Option("--roster", help="值班表的模板")] = False,
    file: Annotated[
        Path | None, typer.Option("--to", help="写到这个文件：.xlsx（可以下拉选）或者 .csv；不给就显示")
    ] = None,
) -> None:
    """站点表（或值班表）的模板：第一行是栏名，第二行是样例，填的时候删去。"""
    from hotline import workstations_import

    written = workstations_import.roster_template() if roster else workstations_import.template()
    if file is None:
        _say(written)
        return
    if file.suffix.lower() == ".xlsx":
        make = workstations_import.roster_template_xlsx if roster else workstations_import.template_xlsx
        file.write_bytes(make())
    else:
        file.write_text(written, encoding="utf-8-sig", newline="")
    _say(f"模板写好了：{file}；第二行是样例，填的时候删去")


@stations.command("import")
def import_stations(
    file: Annotated[Path, typer.Argument(help="CSV 或 XLSX，栏名见 stations template", exists=True, dir_okay=False)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不写入")] = False,
) -> None:
    """导入站点；编号相同的，以导入的为准。有一行不对，就一行也不写。"""
    from datetime import UTC, datetime

    from hotline import workstations_import

    with _open_database()() as uow:
        read = _read_table(lambda: workstations_import.read_stations(uow, file))
        for hint in read.hints:
            _say(f"提示　{hint}")
        _stop_at_faults(read.faults)
        if not dry_run:
            workstations_import.keep_stations(uow, read.stations, datetime.now(UTC))
    _say(f"{len(read.stations)} 个站点没有错误" + ("；只是检查，没有写入" if dry_run else "，已经导入"))


@stations.command("roster")
def import_roster(
    file: Annotated[
        Path, typer.Argument(help="CSV 或 XLSX，栏名见 stations template --roster", exists=True, dir_okay=False)
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不写入")] = False,
) -> None:
    """导入值班表；表里有的日子，以这次的为准。导入以后，这个站点只按值班表放号。"""
    from hotline import workstations_import

    with _open_database()() as uow:
        read = _read_table(lambda: workstations_import.read_roster(uow, file))
        _stop_at_faults(read.faults)
        if not dry_run:
            workstations_import.keep_roster(uow, read.shifts)
    _say(f"{len(read.shifts)} 个班没有错误" + ("；只是检查，没有写入" if dry_run else "，已经导入"))


@stations.command("expected")
def expected_people(
    day: Annotated[str, typer.Option(help="哪一天，如 2026-12-01；默认今天")] = "",
    station: Annotated[str | None, typer.Option(help="站点编号；不给就是所有站点")] = None,
) -> None:
    """这一天约了谁：时间、预约号、方式、怎么提醒；姓名电话遮住。给窗口打印用。"""
    from datetime import UTC, datetime

    from hotline import appointments_reach, audit, workstations
    from hotline.applicants import masked_name, masked_phone
    from hotline.clock import in_words

    wanted = _day(day)
    with _open_database()() as uow:
        found = appointments_reach.expected_on(uow, wanted, station)
        for one in found:
            booked = one.appointment
            name = masked_name(one.name) if one.name else "（没留姓名）"
            phone = masked_phone(one.phone) if one.phone else "（没留电话）"
            where = workstations.station(uow, booked.station_id).name
            reach = appointments_reach.REACH_WORDS[one.reach]
            _say(
                f"{in_words(booked.starts_at)}　{where}　{booked.kind.words}　{booked.number}　{name}　{phone}　{reach}"
            )
        audit.record(uow, audit.SYSTEM, "appointments.listed", station or "", datetime.now(UTC), day=wanted)
    _say(f"{wanted} 共 {len(found)} 人")


@statutes.command("import")
def import_statutes(folder: Annotated[Path, typer.Argument(help="存放法规（Markdown）的目录")]) -> None:
    """导入法律法规；可以中断、可以重复，没有变化的不再导入。"""
    from knowledge.statutes_import import import_statutes as bring_in

    try:
        with typer.progressbar(length=1, label="导入") as bar:

            def progress(done: int, total: int) -> None:
                bar.length = total
                bar.update(done - bar.pos)

            report = bring_in(folder, _open_database(), progress)
    except FileNotFoundError:
        _say(f"{folder} 下面没有法规（*.md）；给出存放法规的目录")
        raise typer.Exit(1) from None
    for file, reason in report.unreadable:
        _say(f"没有读出　{file}：{reason}")
    _say("正在建立检索……")
    _library(learnt=False).load()
    _say(
        f"导入 {report.stored} 部、{report.articles} 条，没有变化的 {report.unchanged} 部，"
        f"没有读出的 {len(report.unreadable)} 个文件"
    )


@statutes.command("show")
def show_statute(
    named: Annotated[str, typer.Argument(help="条文，如 劳动合同法85条")],
    on: Annotated[str, typer.Option(help="哪一天的法律；默认今天")] = "",
) -> None:
    """显示条文。"""
    _show(_library(learnt=False).named(named, _day(on)), f"没有找到“{named}”；写法名和条号，如 劳动合同法85条")


@statutes.command("search")
def search_statutes(
    question: Annotated[str, typer.Argument(help="市民怎么说就怎么写")],
    on: Annotated[str, typer.Option(help="哪一天的法律；默认今天")] = "",
    limit: Annotated[int, typer.Option(help="几条")] = 5,
) -> None:
    """按市民的话找条文。"""
    library = _library()
    if not library.load():
        _say("还没有导入法律法规；先运行 yuanxian statutes import 目录")
        raise typer.Exit(1)
    _show(library.search(question, _day(on), limit), "没有找到；换个说法再试")


@questions.command("import")
def import_questions(
    file: Annotated[Path, typer.Argument(help="一行一个 JSON 对象：question 和 articles 或 answer")],
) -> None:
    """导入题库；马上用于检索，正在运行的网关也一样。"""
    from datetime import UTC, datetime

    from knowledge.answers import load_answers
    from knowledge.citations import LawNames
    from knowledge.question_bank import read_questions

    open_uow = _open_database()
    with open_uow() as uow:
        newest = {edition.law: edition for edition in uow.statutes.editions()}
        read, bad = read_questions(
            _lines_of(file),
            LawNames(newest),
            lambda law, article: bool(uow.statutes.texts([(newest[law], article)])),
            {answer.id for answer in load_answers()},
        )
        changed = uow.question_bank.put(read, datetime.now(UTC))
    for line in bad:
        _say(f"第 {line.number} 行　{line.message}")
    _say(f"读出 {len(read)} 个问题，其中新的或者改过的 {changed} 个；{len(bad)} 处错误")
    raise typer.Exit(1 if bad else 0)


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

    library = _library()
    if not library.load() or not library.collected:
        _say("还没有导入法律法规；先运行 yuanxian statutes import 目录")
        raise typer.Exit(1)
    day = _day(on) if on else library.collected
    try:
        if bank:
            library.learn(Asked(case.question, tuple(case.articles)) for case in read_cases(_lines_of(bank)))
        cases = read_cases(_lines_of(file))
    except ValueError as error:
        _say(f"{file}: {error}")
        raise typer.Exit(2) from None
    figures = measure(cases, lambda question: [(one.law, one.article) for one in library.search(question, day, 20)])
    _say(json.dumps(figures))


@evaluate.command("topics")
def evaluate_topics(
    file: Annotated[Path, typer.Argument(help="一行一个 JSON 对象：question 和 topic（二十个公开类别）")],
) -> None:
    """测量问题归类：用训练好的对话模型读一遍，算对了几成。"""
    from evaluation.reading import Unreadable, read
    from evaluation.topics import evaluate as measure
    from evaluation.topics import read_cases

    try:
        cases = read_cases(_lines_of(file))
        readings = read([case.question for case in cases], _model())
    except ValueError as error:
        _say(f"{file}: {error}")
        raise typer.Exit(2) from None
    except Unreadable as error:
        _say(f"对话模型读不了：{error}")
        raise typer.Exit(1) from None
    _say(json.dumps(measure(cases, readings), ensure_ascii=False))


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
        figures = measure(read_cases(_lines_of(file)), lambda: citizen(base_url))
    except ValueError as error:
        _say(f"{file}: {error}")
        raise typer.Exit(2) from None
    except Refused as refusal:
        _say(str(refusal))
        raise typer.Exit(1) from None
    _say(json.dumps(figures, ensure_ascii=False))


def _role(word: str) -> "Role":
    from hotline.permissions import ROLE_WORDS, Role

    try:
        return Role(word)
    except ValueError:
        known = "、".join(f"{one} {words}" for one, words in ROLE_WORDS.items())
        _say(f"没有「{word}」这种权限，可以是：{known}")
        raise typer.Exit(2) from None


def _role_words(role: str) -> str:
    from hotline.permissions import ROLE_WORDS

    return ROLE_WORDS[_role(role)]


@contextmanager
def _known_login() -> Iterator[None]:
    """Says so when nobody has the login."""
    from hotline.errors import OperatorUnknown

    try:
        yield
    except OperatorUnknown as error:
        _say(error.sentence)
        raise typer.Exit(1) from None


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

    begin = datetime.combine(_day(since), time(), SHANGHAI) if since else datetime(2000, 1, 1, tzinfo=SHANGHAI)
    with _open_database()() as uow:
        found = group(uow.gaps.since(begin), AnswerIndex(load_answers()), _today())
    for place, one in enumerate(found, 1):
        _say(describe(place, one))
    if not found:
        _say("还没有市民同意留下的问题")
    elif number > len(found):
        _say(f"只有 {len(found)} 组")
        raise typer.Exit(2)
    else:
        chosen = found[number - 1]
        for file, text in ((draft, draft_answer), (examples, draft_examples)):
            if file:
                file.write_text(text(chosen.questions, chosen.topic), "utf-8")
                _say(f"第 {number} 组写进了 {file}")


def _model() -> Path:
    """The trained dialogue model."""
    from processes import MODEL

    model = settings().model_path / MODEL
    if not model.exists():
        _say("还没有对话模型；先运行 yuanxian train")
        raise typer.Exit(1)
    return model


def _library(learnt: bool = True) -> "StatuteLibrary":
    """The stored statutes; a search learns from the reviewed answers, which take seconds to read."""
    from knowledge.answers import load_answers
    from knowledge.statute_library import StatuteLibrary
    from store.unit_of_work import unit_of_work_factory

    open_reading = unit_of_work_factory(_database())[1]
    return StatuteLibrary(open_reading, load_answers() if learnt else (), settings().cache_path)


def _day(on: str) -> date:
    try:
        return date.fromisoformat(on) if on else _today()
    except ValueError:
        _say(f"{on} 不是日期，要写成 2025-08-01 这样")
        raise typer.Exit(2) from None


def _lines_of(file: Path) -> list[str]:
    try:
        return file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        _say(f"读不了 {file}：{error}")
        raise typer.Exit(2) from None


def _show(articles: "list[Found]", otherwise: str) -> None:
    for found in articles:
        _say(f"《{found.law}》{found.article}（{found.adopted}）\n{found.text}\n")
    if not articles:
        _say(otherwise)
        raise typer.Exit(1)


def _open_database() -> "OpenUow":
    from store.encryption import use_key
    from store.unit_of_work import connect, unit_of_work_factory

    use_key(*settings().encryption_keys)
    return unit_of_work_factory(connect(settings().database_url))[0]


def _read_table[T](read: Callable[[], T]) -> T:
    from hotline.workstations_import import TableUnreadable

    try:
        return read()
    except TableUnreadable as error:
        _say(str(error))
        raise typer.Exit(1) from None


def _stop_at_faults(faults: "tuple[Remark, ...]") -> None:
    for fault in faults:
        _say(f"错误　{fault}")
    if faults:
        _say(f"{len(faults)} 处错误，什么都没有写入；改好以后再导一次")
        raise typer.Exit(1)


def _database() -> "Engine":
    """The database of the settings, with the keys to read it."""
    from store.encryption import use_key
    from store.unit_of_work import connect

    use_key(*settings().encryption_keys)
    url = settings().database_url
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    return connect(url)


def _law(overlay: Path | None = None) -> "eligibility.Law":
    """The law with this agency's own lines; a mistake in them ends the command with file, key and remedy."""
    import eligibility
    from settings import LawSettings

    try:
        return eligibility.Law.load(overlay or LawSettings().parameters_dir)
    except eligibility.ParameterError as error:
        _say(str(error))
        raise typer.Exit(1) from None


def _cases_in(path: Path) -> list[dict[str, Any]]:
    """The written cases of a file; one that cannot be read ends the command with what is wrong and where."""
    try:
        found: Any
        if path.suffix == ".jsonl":
            found = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        else:
            loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
            found = (loaded.get("golden_cases") or loaded.get("cases")) if isinstance(loaded, dict) else loaded
    except (OSError, ValueError, yaml.YAMLError) as error:
        _say(f"案例文件 {path} 读不了：{error}")
        raise typer.Exit(2) from None
    if not isinstance(found, list) or not all(isinstance(case, dict) for case in found):
        _say(f"案例文件 {path} 里要有一列案例：YAML 写在 cases: 下面，JSON Lines 一行一个")
        raise typer.Exit(2)
    return found


if __name__ == "__main__":
    app()
