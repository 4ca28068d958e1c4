"""Start the whole system beside whatever runs, with its own ports and an empty database; print how long it took as JSON.

    .venv/bin/python bench/system_start.py                 # start, stop, three times
    .venv/bin/python bench/system_start.py --times 1 --keep    # leave it running for bench/turns.py until Ctrl+C

From the start of `yuanxian up` to the first 200 of /readyz, which wants a real turn answered through Rasa and the actions.
Needs a trained model (`yuanxian train`). The limit of messages per minute is lifted, as bench/turns.py needs it.
"""

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).parent.parent
LOGS = ROOT / "var" / "log" / "bench"
GIVE_UP_S = 180.0
STOP_S = 30.0
LOOK_EVERY_S = 0.25  # as often as the figures need, without taking the processor from what is measured


@dataclass(frozen=True, slots=True)
class Started:
    """A running system: where it answers, and what it took to get there."""

    base: str
    alive_s: float
    """Until the gateway answers, and could call a person."""
    ready_s: float
    """Until a canary turn is answered."""
    memory_mib: float | None
    """Resident memory of all its processes when ready; None where /proc is missing."""


@contextmanager
def running_system() -> Iterator[Started]:
    """Run `yuanxian up` on free ports over an empty database, and stop it at the end."""
    port, dialogue_port = free_ports(2)
    base = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "DATABASE_URL": f"sqlite:///{folder}/bench.db",
            "YUANXIAN_PORT": str(port),
            "YUANXIAN_DIALOGUE_PORT": str(dialogue_port),
            "YUANXIAN_LOG_PATH": str(LOGS),
            "YUANXIAN_MESSAGES_PER_MINUTE": "1000000",
        }
        begun = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "cli", "up"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
        )
        try:
            alive_s = seconds_until(f"{base}/healthz", process, begun)
            ready_s = seconds_until(f"{base}/readyz", process, begun)
            yield Started(base, round(alive_s, 2), round(ready_s, 2), resident_mib(process.pid))
        finally:
            process.terminate()
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()  # its children die with it


def seconds_until(url: str, process: subprocess.Popen[bytes], begun: float) -> float:
    """Seconds from `begun` until the address answers 200; ends the program when it never will."""
    with httpx.Client(
        timeout=10, trust_env=False
    ) as client:  # making one anew each time would slow down what is measured
        while time.perf_counter() - begun < GIVE_UP_S:
            if process.poll() is not None:
                sys.exit(f"yuanxian up ended with {process.returncode}; see {LOGS.relative_to(ROOT)}")
            try:
                if client.get(url).status_code == 200:
                    return time.perf_counter() - begun
            except httpx.HTTPError:
                pass
            time.sleep(LOOK_EVERY_S)
    sys.exit(f"no 200 from {url} within {GIVE_UP_S:.0f} s; see {LOGS.relative_to(ROOT)}")


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def resident_mib(pid: int) -> float | None:
    """Resident memory of a process and all its descendants, in MiB."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("utf-8")
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text("utf-8").split()
        for task in Path(f"/proc/{pid}/task").iterdir():  # a thread's children are listed under the thread
            if task.name != str(pid):
                children += (task / "children").read_text("utf-8").split()
    except OSError:
        return None
    own = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:")) / 1024
    return round(own + sum(resident_mib(int(child)) or 0.0 for child in children), 1)


def main() -> None:
    """Read the command line, start and stop, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=3, help="how often to start it")
    parser.add_argument("--keep", action="store_true", help="leave the last one running until Ctrl+C")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # so that what was started is stopped too
    starts: list[Started] = []
    for number in range(1, options.times + 1):
        with running_system() as started:
            starts.append(started)
            if number == options.times:
                print(
                    json.dumps(
                        {
                            "alive_s": [one.alive_s for one in starts],
                            "ready_s": [one.ready_s for one in starts],
                            "memory_mib": started.memory_mib,
                        }
                    ),
                    flush=True,
                )
                if options.keep:
                    print(f"running at {started.base} until Ctrl+C", file=sys.stderr, flush=True)
                    with suppress(KeyboardInterrupt):
                        signal.pause()


if __name__ == "__main__":
    main()
