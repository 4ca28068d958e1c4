"""The `yuanxian` command: running the system here, everything else in `commands/`."""

from typing import Annotated

import typer

from commands import evaluate, law, lawyers, records, stations, texts, users
from commands.base import say
from settings import settings

app = typer.Typer(no_args_is_help=True, add_completion=False, help="援线：12348 法律援助热线助手")
app.add_typer(records.db, name="db")
app.add_typer(records.keys, name="keys")
app.add_typer(records.kept, name="retention")
app.add_typer(records.record, name="audit")
app.add_typer(texts.answers, name="answers")
app.add_typer(law.parameters, name="parameters")
app.add_typer(texts.statutes, name="statutes")
app.add_typer(texts.questions, name="questions")
app.add_typer(evaluate.evaluate, name="evaluate")
app.add_typer(stations.stations, name="stations")
app.add_typer(lawyers.lawyers, name="lawyers")
app.add_typer(users.users, name="users")
app.command()(law.assess)


@app.command()
def up() -> None:
    """启动网关和对话服务，意外停止会自动重启。"""
    from processes import run_system

    records.upgrade()
    run_system(settings(), say)


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
        if not train_model(settings(), if_changed, say):
            say("对话模型已是最新")
    except CalledProcessError as error:
        say("训练没有成功，原因见上面 Rasa 的输出")
        raise typer.Exit(error.returncode) from None


@app.command()
def chat() -> None:
    """在终端里和正在运行的系统对话。"""
    from terminal import Refused
    from terminal import chat as talk

    try:
        talk(settings().base_url, lambda who: input(f"{who}> "), say)
    except Refused as refusal:
        say(str(refusal))
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
        sit(settings().base_url, login, password, lambda who: input(f"{who}> "), say)
    except Refused as refusal:
        say(str(refusal))
        raise typer.Exit(1) from None


if __name__ == "__main__":
    app()
