"""Workstations, rosters and who is expected there."""

from pathlib import Path
from typing import Annotated

import typer

from commands.base import day_of, open_database, read_table, say, stop_at_faults

stations = typer.Typer(no_args_is_help=True, help="工作站点和值班表")


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
        say(written)
        return
    if file.suffix.lower() == ".xlsx":
        make = workstations_import.roster_template_xlsx if roster else workstations_import.template_xlsx
        file.write_bytes(make())
    else:
        file.write_text(written, encoding="utf-8-sig", newline="")
    say(f"模板写好了：{file}；第二行是样例，填的时候删去")


@stations.command("import")
def import_stations(
    file: Annotated[Path, typer.Argument(help="CSV 或 XLSX，栏名见 stations template", exists=True, dir_okay=False)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不写入")] = False,
) -> None:
    """导入站点；编号相同的，以导入的为准。有一行不对，就一行也不写。"""
    from datetime import UTC, datetime

    from hotline import workstations_import

    with open_database()() as uow:
        read = read_table(lambda: workstations_import.read_stations(uow, file))
        for hint in read.hints:
            say(f"提示　{hint}")
        stop_at_faults(read.faults)
        if not dry_run:
            workstations_import.keep_stations(uow, read.stations, datetime.now(UTC))
    say(f"{len(read.stations)} 个站点没有错误" + ("；只是检查，没有写入" if dry_run else "，已经导入"))


@stations.command("roster")
def import_roster(
    file: Annotated[
        Path, typer.Argument(help="CSV 或 XLSX，栏名见 stations template --roster", exists=True, dir_okay=False)
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不写入")] = False,
) -> None:
    """导入值班表；表里有的日子，以这次的为准。导入以后，这个站点只按值班表放号。"""
    from hotline import workstations_import

    with open_database()() as uow:
        read = read_table(lambda: workstations_import.read_roster(uow, file))
        stop_at_faults(read.faults)
        if not dry_run:
            workstations_import.keep_roster(uow, read.shifts)
    say(f"{len(read.shifts)} 个班没有错误" + ("；只是检查，没有写入" if dry_run else "，已经导入"))


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

    wanted = day_of(day)
    with open_database()() as uow:
        found = appointments_reach.expected_on(uow, wanted, station)
        for one in found:
            booked = one.appointment
            name = masked_name(one.name) if one.name else "（没留姓名）"
            phone = masked_phone(one.phone) if one.phone else "（没留电话）"
            where = workstations.station(uow, booked.station_id).name
            reach = appointments_reach.REACH_WORDS[one.reach]
            say(
                f"{in_words(booked.starts_at)}　{where}　{booked.kind.words}　{booked.number}　{name}　{phone}　{reach}"
            )
        audit.record(uow, audit.SYSTEM, "appointments.listed", station or "", datetime.now(UTC), day=wanted)
    say(f"{wanted} 共 {len(found)} 人")
