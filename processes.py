"""The two processes of a running system, and the training of the model one of them serves."""

import ctypes
import hashlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx

from settings import ROOT, Settings

RASA = ROOT / "bot" / ".venv" / "bin" / "rasa"
MODEL, STAMP = "yuanxian.tar.gz", "yuanxian.sha256"
TRAINED_FROM = (
    "config.yml",
    "domain.yml",
    "data",
    "bot/categories",
    "bot/components",
    "bot/dictionary",
    "bot/extraction",
    "bot/danger.yml",
    "bot/homophones.py",
    "bot/linear.py",
    "bot/topics.py",
)
START_SECONDS = 120
RESTART_AFTER_SECONDS = 1.0
QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "OMP_NUM_THREADS": "1",
    "PYTHONUNBUFFERED": "1",
    "PYTHONWARNINGS": "ignore",
}


def train(settings: Settings, only_if_changed: bool, say: Callable[[str], None]) -> bool:
    """Train the dialogue model from the Rasa files; False if it was up to date.

    Raises:
        subprocess.CalledProcessError: Rasa refused the files; its own words are on the screen.
    """
    stamp, digest = settings.model_path / STAMP, digest_of_sources()
    if only_if_changed and (settings.model_path / MODEL).exists() and stamp.exists() and stamp.read_text() == digest:
        return False
    begun = time.monotonic()
    settings.model_path.mkdir(parents=True, exist_ok=True)
    with ticking("训练对话模型", say), tempfile.TemporaryDirectory(dir=settings.model_path) as draft:
        # `make check` validates the files; doing it here as well would double the time.
        command = [
            *(str(RASA), "train", "--skip-validation", "--quiet"),
            *("--fixed-model-name", MODEL, "--out", draft),
        ]
        subprocess.run(command, cwd=ROOT, env=_environment(settings), check=True)
        (Path(draft) / MODEL).replace(
            settings.model_path / MODEL
        )  # a server that starts now reads the old or the new one
    stamp.write_text(digest)
    say(f"对话模型训练完成，用时 {time.monotonic() - begun:.0f} 秒")
    return True


def digest_of_sources() -> str:
    """What the model depends on, as one hash."""
    digest = hashlib.sha256()
    for path in sorted(_sources()):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def run_system(settings: Settings, say: Callable[[str], None]) -> None:
    """Run gateway and dialogue server until interrupted; whichever dies is started again."""
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    commands = {
        "dialogue": [
            *(str(RASA), "run", "--interface", "127.0.0.1", "--port", str(settings.dialogue_port)),
            *("--model", str(settings.model_path / MODEL), "--log-file", os.devnull, "--quiet"),
        ],
        "gateway": [sys.executable, "-m", "cli", "serve"],
    }
    keepers = [threading.Thread(target=_keep, args=(*one, settings, stopping, say)) for one in commands.items()]
    for keeper in keepers:
        keeper.start()
    begun = time.monotonic()
    with ticking("正在启动", say):
        ready = _wait_until_ready(settings, stopping)
    if ready:
        say(f"已就绪，用时 {time.monotonic() - begun:.0f} 秒")
        say(f"  聊天页      {settings.base_url}/chat/")
        say(f"  接口文档    {settings.base_url}/docs")
        say(f"  演示值班员  工号 demo  口令 {settings.operator_password.get_secret_value()}（命令：yuanxian desk）")
        say("按 Ctrl+C 停止")
    elif not stopping.is_set():
        say(f"{START_SECONDS} 秒内没有就绪；网关已可转人工，日志在 {settings.log_path}")
    stopping.wait()
    for keeper in keepers:
        keeper.join()


class ticking:  # reads as a phrase: with ticking("训练", say)
    """Says what is going on every ten seconds while a block runs."""

    def __init__(self, what: str, say: Callable[[str], None]) -> None:
        self._what, self._say, self._done = what, say, threading.Event()
        self._thread = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> None:
        self._say(f"{self._what}……")
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._done.set()

    def _tick(self) -> None:
        begun = time.monotonic()
        while not self._done.wait(10):
            self._say(f"{self._what}……已 {time.monotonic() - begun:.0f} 秒")


def _keep(
    name: str, command: list[str], settings: Settings, stopping: threading.Event, say: Callable[[str], None]
) -> None:
    """Run one process, again and again, until the whole is to stop."""
    settings.log_path.mkdir(parents=True, exist_ok=True)
    while not stopping.is_set():
        with (settings.log_path / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env=_environment(settings), stdout=log, stderr=log, preexec_fn=die_with_parent
            )
            while process.poll() is None and not stopping.wait(0.2):
                pass
            if stopping.is_set():
                process.terminate()
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
                return
        say(f"{name} 意外停止（退出码 {process.returncode}），正在重新启动")
        stopping.wait(RESTART_AFTER_SECONDS)


def _wait_until_ready(settings: Settings, stopping: threading.Event) -> bool:
    until = time.monotonic() + START_SECONDS
    # One client for all attempts: making one costs more processor time than the start can spare on two cores.
    with httpx.Client(base_url=settings.base_url, timeout=5, trust_env=False) as gateway:
        while time.monotonic() < until and not stopping.wait(0.5):
            try:
                if gateway.get("/readyz").status_code == 200:
                    return True
            except httpx.HTTPError:
                continue
    return False


def _environment(settings: Settings) -> dict[str, str]:
    return {
        **os.environ,
        **QUIET,
        "YUANXIAN_ACTIONS_URL": f"{settings.base_url}/actions/webhook",
        "YUANXIAN_ACTIONS_TOKEN": settings.actions_token.get_secret_value(),
        "YUANXIAN_DIALOGUE_TOKEN": settings.dialogue_token.get_secret_value(),
        "PYTHONPATH": str(ROOT),
    }


def die_with_parent() -> None:
    """On Linux, a killed parent takes its children along, so that no orphan keeps the port."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


def _sources() -> Iterator[Path]:
    for name in TRAINED_FROM:
        path = ROOT / name
        files = [path] if path.is_file() else path.rglob("*")
        yield from (one for one in files if one.is_file() and not {".venv", "__pycache__", "tests"} & set(one.parts))
