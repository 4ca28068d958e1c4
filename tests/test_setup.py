"""What a fresh machine is promised: pinned packages, secrets that stay secret, no trace of the place it was built."""

import base64
import importlib.util
import json
import re
import stat
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

from settings import Settings

ROOT = Path(__file__).parent.parent
PINS = sorted(
    path.relative_to(ROOT).as_posix()
    for pattern in ("requirements*.txt", "bot/requirements*.txt", "setup/*.txt")
    for path in ROOT.glob(pattern)
)
# Written in pieces, so that this file passes its own test.
PLACES = re.compile(
    "|".join(
        [
            r"pypi" + r"\.org",
            r"python" + r"hosted",
            r"registry\.npm" + r"(js|mirror)",
            r"mirrors?\." + r"\w+\.(com|edu|cn)",
            r"(?<![\w./])/wo" + r"rk/",
            r"(?<![\w./])/ro" + r"ot\b",
        ]
    )
)


def git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def bootstrap() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap", ROOT / "setup" / "bootstrap.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def secrets_in(path: Path) -> dict[str, str]:
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def test_secrets_are_readable_by_their_owner_only(bootstrap: ModuleType, tmp_path: Path) -> None:
    bootstrap.secrets_file(tmp_path / "var" / "secrets.env")
    assert stat.S_IMODE((tmp_path / "var" / "secrets.env").stat().st_mode) == 0o600


def test_secrets_differ_between_installations_and_stay_within_one(bootstrap: ModuleType, tmp_path: Path) -> None:
    here, there = tmp_path / "here.env", tmp_path / "there.env"
    bootstrap.secrets_file(here)
    bootstrap.secrets_file(there)
    before = secrets_in(here)
    bootstrap.secrets_file(here)
    assert secrets_in(here) == before
    assert not set(before.values()) & set(secrets_in(there).values())


def test_a_secret_that_is_new_in_this_version_is_added(bootstrap: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "secrets.env"
    path.write_text("YUANXIAN_ACTIONS_TOKEN=kept\n")
    bootstrap.secrets_file(path)
    assert secrets_in(path)["YUANXIAN_ACTIONS_TOKEN"] == "kept"
    assert secrets_in(path).keys() == bootstrap.SECRETS.keys()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_encryption_key_has_32_bytes(bootstrap: ModuleType, tmp_path: Path) -> None:
    bootstrap.secrets_file(tmp_path / "secrets.env")
    assert len(base64.b64decode(secrets_in(tmp_path / "secrets.env")["YUANXIAN_ENCRYPTION_KEY"])) == 32


@pytest.mark.parametrize("path", ["var/secrets.env", "var/yuanxian.db", ".env", ".venv/x", "bot/.venv/x", "models/x"])
def test_what_belongs_to_one_installation_is_ignored_by_git(path: str) -> None:
    assert git("check-ignore", path).strip() == path


def test_no_file_names_a_package_index_or_a_developers_machine() -> None:
    found = []
    for name in git("ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0"):
        path = ROOT / name
        if path.is_file() and path.suffix not in (".png", ".woff2", ".onnx", ".npz"):
            lines = path.read_text("utf-8").splitlines()
            found += [f"{name}:{number}" for number, line in enumerate(lines, 1) if PLACES.search(line)]
    assert found == []


def test_the_locked_pages_packages_carry_hashes_and_no_addresses() -> None:
    packages = json.loads((ROOT / "web" / "package-lock.json").read_text("utf-8"))["packages"]
    installed = {name: package for name, package in packages.items() if name and not package.get("link")}
    assert [name for name, package in installed.items() if "resolved" in package] == []
    assert [name for name, package in installed.items() if "integrity" not in package] == []


@pytest.mark.parametrize("name", PINS)
def test_every_package_is_pinned_with_hashes(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    packages = [entry for entry in re.split(r"\n(?=\S)", text) if not entry.startswith("#")]
    assert packages
    assert [entry.split()[0] for entry in packages if not re.match(r"[\w.-]+(\[[\w,]+\])?==\S+", entry)] == []
    assert [entry.split()[0] for entry in packages if "--hash=sha256:" not in entry] == []


def test_tests_and_service_run_on_the_same_versions() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^\S+==\S+", (ROOT / name).read_text("utf-8"), re.MULTILINE))

    assert pins("requirements.txt") <= pins("requirements-dev.txt")


@pytest.mark.parametrize(
    "path", ["requirements.in", "requirements-dev.in", "bot/requirements.in", "setup/uv.in", "setup/node.in"]
)
def test_every_dependency_has_its_reason_beside_it(path: str) -> None:
    lines = (ROOT / path).read_text("utf-8").splitlines()
    wanted = [line for line in lines if line.strip() and not line.startswith(("#", "-r "))]
    assert [line for line in wanted if " # " not in line] == []


def test_every_setting_is_explained_in_the_example() -> None:
    fields = Settings.model_fields.items()
    settings = {str(field.validation_alias or f"YUANXIAN_{name.upper()}") for name, field in fields}
    example = (ROOT / ".env.example").read_text("utf-8")
    assert set(re.findall(r"^#? ?([A-Z_]+)=", example, re.MULTILINE)) == settings


def test_every_secret_has_a_setting(bootstrap: ModuleType) -> None:
    assert bootstrap.SECRETS.keys() <= {f"YUANXIAN_{name.upper()}" for name in Settings.model_fields}
