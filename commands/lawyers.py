"""The register of lawyers."""

from pathlib import Path
from typing import Annotated

import typer

from commands.base import open_database, read_table, say, stop_at_faults, today

lawyers = typer.Typer(no_args_is_help=True, help="律师库")


@lawyers.command("template")
def lawyer_template(
    file: Annotated[
        Path | None, typer.Option("--to", help="写到这个文件：.xlsx（可以下拉选）或者 .csv；不给就显示")
    ] = None,
) -> None:
    """律师库的模板：第一行是栏名，第二行是样例，填的时候删去。"""
    from hotline import lawyers_import

    if file is None:
        say(lawyers_import.template())
        return
    if file.suffix.lower() == ".xlsx":
        file.write_bytes(lawyers_import.template_xlsx())
    else:
        file.write_text(lawyers_import.template(), encoding="utf-8-sig", newline="")
    say(f"模板写好了：{file}；第二行是样例，填的时候删去")


@lawyers.command("import")
def import_lawyers(
    file: Annotated[Path, typer.Argument(help="CSV 或 XLSX，栏名见 lawyers template", exists=True, dir_okay=False)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不写入")] = False,
) -> None:
    """导入律师库，顶替原来的全部；有一行不对，就一行也不写。"""
    from datetime import UTC, datetime

    from hotline import audit, lawyers_import

    with open_database()() as uow:
        read = read_table(lambda: lawyers_import.read_lawyers(uow, file, today()))
        stop_at_faults(read.faults)
        now_in_it = {one.licence_number for one in read.lawyers}
        leaving = sum(one.licence_number not in now_in_it for one in uow.lawyers.all())
        if not dry_run:
            lawyers_import.keep_lawyers(uow, read.lawyers)
            audit.record(uow, audit.SYSTEM, "lawyers.imported", "", datetime.now(UTC), count=len(read.lawyers))
    if leaving:
        say(f"原来的律师有 {leaving} 位不在这张表里，导入以后不再推荐")
    say(f"{len(read.lawyers)} 位律师没有错误" + ("；只是检查，没有写入" if dry_run else "，已经导入"))
