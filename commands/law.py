"""Assessing, and looking after the dated parameters."""

import json
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
import yaml

from commands.base import database, say, today

if TYPE_CHECKING:
    import eligibility

FACTS_HELP = "事实，JSON；不给就从标准输入读。名称见 eligibility/facts.py，代码见 eligibility/parameters/"
parameters = typer.Typer(no_args_is_help=True, help="有日期、有出处的法律参数")


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
            say(json.dumps(_assessed(case, law), ensure_ascii=False))
        return
    try:
        day = date.fromisoformat(on) if on else today()
        told = eligibility.Facts.from_mapping(json.loads(facts or sys.stdin.read()))
        result = eligibility.assess(told, day, law)
    except json.JSONDecodeError:
        say('事实要写成 JSON，例如 {"matter": "M05A", "migrant_worker": true}')
        raise typer.Exit(2) from None
    except eligibility.EligibilityError as error:
        say(f"{error.code}: {error}\n{error.sentence}")
        raise typer.Exit(2) from None
    except ValueError:
        say(f"申请日 {on} 不是日期，要写成 2025-08-01 这样")
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
    say(json.dumps(shown, ensure_ascii=False, indent=2, default=str))


@parameters.command("check")
def check_parameters() -> None:
    """检查法律参数：时段有无重叠、缺口，有无出处，哪些金额该更新了。"""
    from eligibility.upkeep import overdue

    late = list(overdue(_law(), today()))
    for line in late:
        say(line)
    say(f"法律参数没有错误；{len(late)} 项金额已过预计的调整日，补上新数之前，有关的判断一律交给人")


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
        say(str(error))
        raise typer.Exit(1) from None
    for difference in found.differences:
        for line in in_words(difference, law):
            say(line)
    say(f"重做 {found.count} 件，{sum(one.times for one in found.differences)} 件结果不同")


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
        with unit_of_work_factory(database())[1]() as uow:
            return list(assessments.past(uow))
    except DatabaseError:
        say("数据库里读不到留存的判断；先运行 yuanxian db upgrade，或者用 --file 给一个文件")
        raise typer.Exit(1) from None


def _law(overlay: Path | None = None) -> "eligibility.Law":
    """The law with this agency's own lines; a mistake in them ends the command with file, key and remedy."""
    import eligibility
    from settings import LawSettings

    try:
        return eligibility.Law.load(overlay or LawSettings().parameters_dir)
    except eligibility.ParameterError as error:
        say(str(error))
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
        say(f"案例文件 {path} 读不了：{error}")
        raise typer.Exit(2) from None
    if not isinstance(found, list) or not all(isinstance(case, dict) for case in found):
        say(f"案例文件 {path} 里要有一列案例：YAML 写在 cases: 下面，JSON Lines 一行一个")
        raise typer.Exit(2)
    return found
