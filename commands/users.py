"""Logins of the staff."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from commands.base import open_database, say
from hotline.clock import SHANGHAI

if TYPE_CHECKING:
    from hotline.permissions import Role

users = typer.Typer(no_args_is_help=True, help="工号和权限")


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
        say(error.sentence)
        raise typer.Exit(2) from None
    hashed = operators.hash_password(password)
    with open_database()() as uow:
        operators.enrol(uow, login, hashed, name, datetime.now(UTC), wanted)
    say(f"工号 {login}（{_role_words(role)}）可以登录了")


@users.command("role")
def change_user_role(login: Annotated[str, typer.Argument(help="工号")], role: str) -> None:
    """换权限，马上生效。"""
    from datetime import UTC, datetime

    from hotline import operators

    wanted = _role(role)
    with _known_login(), open_database()() as uow:
        operators.change_role(uow, login, wanted, datetime.now(UTC))
    say(f"工号 {login} 现在是{_role_words(role)}")


@users.command("close")
def close_user(login: Annotated[str, typer.Argument(help="工号")]) -> None:
    """停用工号，已登录的也马上退出；做过的事仍在记录里。"""
    from datetime import UTC, datetime

    from hotline import operators

    with _known_login(), open_database()() as uow:
        operators.close(uow, login, datetime.now(UTC))
    say(f"工号 {login} 已经停用")


@users.command("list")
def list_users() -> None:
    """所有的工号。"""
    with open_database()() as uow:
        for one in uow.operators.all():
            closed = f"，{one.closed_at.astimezone(SHANGHAI):%Y-%m-%d} 停用" if one.closed_at else ""
            say(f"{one.login}　{one.display_name}　{_role_words(one.role)}{closed}")


def _role(word: str) -> "Role":
    from hotline.permissions import ROLE_WORDS, Role

    try:
        return Role(word)
    except ValueError:
        known = "、".join(f"{one} {words}" for one, words in ROLE_WORDS.items())
        say(f"没有「{word}」这种权限，可以是：{known}")
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
        say(error.sentence)
        raise typer.Exit(1) from None
