"""The database and what is kept in it: structure, copies, keys, retention, the record of acts."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from commands.base import database, day_of, open_database, say
from hotline.clock import SHANGHAI
from settings import settings

db = typer.Typer(no_args_is_help=True, help="数据库")
keys = typer.Typer(no_args_is_help=True, help="加密的钥匙")
kept = typer.Typer(no_args_is_help=True, help="保存期限")
record = typer.Typer(no_args_is_help=True, help="全过程记录")


@db.command()
def upgrade() -> None:
    """把数据库升级到当前结构。"""
    from store.migrate import upgrade as to_head

    to_head(database())


@db.command()
def backup(file: Annotated[Path, typer.Argument(help="备份文件；已有的会被换掉")]) -> None:
    """系统运行时备份整个数据库；备份是加密的，恢复要用同一把钥匙。"""
    from store.backup import back_up

    counts = back_up(database(), file)
    say(f"已备份 {sum(counts.values())} 行，{len(counts)} 张表：{file}")


@db.command()
def restore(file: Annotated[Path, typer.Argument(help="备份文件", exists=True, dir_okay=False)]) -> None:
    """把备份恢复到一个空的数据库。"""
    from store.backup import BackupUnusable
    from store.backup import restore as fill

    try:
        counts = fill(database(), file)
    except BackupUnusable as error:
        say(f"没有恢复：{error}")
        raise typer.Exit(1) from None
    say(f"已恢复 {sum(counts.values())} 行，{len(counts)} 张表")


@keys.command()
def rotate() -> None:
    """用现在的钥匙改写旧钥匙加密的数据；系统可以照常运行。"""
    from store.files import EncryptedFiles
    from store.key_rotation import rotate as rewrite

    rewritten = {table: rows for table, rows in rewrite(database()).items() if rows}
    for table, rows in rewritten.items():
        say(f"{table}：{rows} 行")
    files = EncryptedFiles(settings().proofs_path).rotate()
    say(f"改写了 {sum(rewritten.values())} 行、{files} 个文件；旧钥匙现在可以从设置里去掉")


@kept.command("run")
def run_retention(dry_run: Annotated[bool, typer.Option("--dry-run", help="只数，不删")] = False) -> None:
    """按保存期限表清理。网关每天夜里自己做一次，这个命令供手工和定时任务使用。"""
    from datetime import UTC, datetime

    from hotline import retention
    from store.unit_of_work import unit_of_work_factory

    open_uow, open_reading = unit_of_work_factory(database())
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
        say(f"{rule.name}（{rule.days} 天，从{rule.starts}算）：{done}")


@record.command("verify")
def verify_record() -> None:
    """检查全过程记录有没有被改过、删过。"""
    from store.unit_of_work import unit_of_work_factory

    with unit_of_work_factory(database())[1]() as uow:
        broken = uow.audit.broken_at()
    if broken is not None:
        say(f"第 {broken} 条起对不上：被改过、删过，或者是后来拼上的")
        raise typer.Exit(1)
    say("记录完整，没有改动")


@record.command("export")
def export_record(
    file: Annotated[Path, typer.Argument(help="写到这个文件，一行一条 JSON，带校验链")],
    since: Annotated[str, typer.Option("--from", help="从哪天起，如 2026-01-01；默认从头")] = "",
    until: Annotated[str, typer.Option("--to", help="到哪天为止（含）；默认到现在")] = "",
) -> None:
    """把全过程记录导出到别处保存：数据库的主人能截掉它的末尾，导出去的截不掉。"""
    from datetime import datetime, time, timedelta

    from hotline.audit import AuditSearch, plain

    first = datetime.combine(day_of(since), time(), SHANGHAI) if since else None
    last = datetime.combine(day_of(until) + timedelta(days=1), time(), SHANGHAI) if until else None
    written, after = 0, 0
    open_uow = open_database()
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
    say(f"已导出 {written} 条：{file}")
