"""The `yuanxian` command."""

import json
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from hotline.clock import SHANGHAI
from settings import ROOT, settings

app = typer.Typer(no_args_is_help=True, add_completion=False, help="援线：12348 法律援助热线助手")
db = typer.Typer(no_args_is_help=True, help="数据库")
answers = typer.Typer(no_args_is_help=True, help="审定的答复")
parameters = typer.Typer(no_args_is_help=True, help="有日期、有出处的法律参数")
app.add_typer(db, name="db")
app.add_typer(answers, name="answers")
app.add_typer(parameters, name="parameters")


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


@app.command()
def assess(
    facts: Annotated[str, typer.Argument(help="事实，JSON；不给就从标准输入读")] = "",
    cases: Annotated[Path | None, typer.Option(help="案例文件（YAML 或 JSON Lines），每个案例输出一行 JSON")] = None,
    on: Annotated[str, typer.Option(help="申请日，如 2025-08-01；默认今天")] = "",
    explain: Annotated[bool, typer.Option("--explain", help="附上给市民和给值班员的说明")] = False,
) -> None:
    """按有日期的法律初步判断法律援助资格。"""
    import eligibility

    law = eligibility.Law.load(settings().parameters_dir if _configured() else None)
    if cases is not None:
        for case in _cases_in(cases):
            _say(json.dumps(eligibility.assess_case(case, law), ensure_ascii=False))
        return
    try:
        told = eligibility.Facts.from_mapping(json.loads(facts or sys.stdin.read()))
        result = eligibility.assess(told, date.fromisoformat(on) if on else _today(), law)
    except json.JSONDecodeError:
        _say('事实要写成 JSON，例如 {"matter": "M05A", "migrant_worker": true}')
        raise typer.Exit(2) from None
    except eligibility.EligibilityError as error:
        _say(f"{error.code}: {error}\n{error.sentence}")
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
    }
    if explain:
        explanation = eligibility.explain(result)
        shown |= {"citizen": explanation.citizen, "operator": explanation.operator, "changes": explanation.changes}
    _say(json.dumps(shown, ensure_ascii=False, indent=2, default=str))


@db.command()
def upgrade() -> None:
    """把数据库升级到当前结构。"""
    from store.migrate import upgrade as to_head
    from store.unit_of_work import connect

    url = settings().database_url
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    to_head(connect(url))


@answers.command("check")
def check_answers(
    statutes: Annotated[Path | None, typer.Option(help="法规文本目录；默认用设置里的")] = None,
) -> None:
    """检查每条答复：格式、引用的条文是否存在、期限是否写在条文里。"""
    from knowledge.answers import InvalidAnswers, load_answers
    from knowledge.check import check_answers as check

    folder = statutes or settings().statutes_dir
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
    import eligibility
    from eligibility.upkeep import overdue

    try:
        law = eligibility.Law.load(settings().parameters_dir if _configured() else None)
    except eligibility.ParameterError as error:
        _say(str(error))
        raise typer.Exit(1) from None
    late = list(overdue(law, _today()))
    for line in late:
        _say(line)
    _say(f"法律参数没有错误；{len(late)} 项金额已过预计的调整日，补上新数之前，有关的判断一律交给人")


def _configured() -> bool:
    """Whether the set-up has made the secrets; assessing needs none of them."""
    return (ROOT / "var" / "secrets.env").exists()


def _cases_in(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    found = (loaded.get("golden_cases") or loaded.get("cases") or []) if isinstance(loaded, dict) else loaded
    return [dict(case) for case in found]


if __name__ == "__main__":
    app()
