"""One typed place for everything a deployment may set; read from the environment and `var/secrets.env`."""

from datetime import timedelta
from functools import cache
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).parent


class LawSettings(BaseSettings):
    """What assessing needs: readable before the set-up has made any secret."""

    model_config = SettingsConfigDict(env_prefix="YUANXIAN_", env_file=ROOT / "var" / "secrets.env", extra="ignore")

    parameters_dir: Path | None = None
    """Dated lines that overlay the shipped law parameters, so that an agency needs no fork."""


class Settings(LawSettings):
    """Names in the environment carry the prefix YUANXIAN_, except DATABASE_URL; secrets have no default."""

    database_url: str = Field(f"sqlite:///{ROOT / 'var' / 'yuanxian.db'}", validation_alias="DATABASE_URL")
    host: str = "127.0.0.1"
    port: int = 12348
    dialogue_port: int = 5005
    dialogue_token: SecretStr
    actions_token: SecretStr
    encryption_key: SecretStr
    """32 bytes, base64: encrypts personal fields (AES-256-GCM)."""
    former_encryption_keys: SecretStr = SecretStr("")
    """Keys that wrote what is not rewritten yet, separated by commas; see `yuanxian keys rotate`."""
    operator_password: SecretStr
    """Password of the demo operator `demo`, made on the first run."""
    model_path: Path = ROOT / "models"
    log_path: Path = ROOT / "var" / "log"
    proofs_path: Path = ROOT / "var" / "proofs"
    """Folder of the uploaded proofs, encrypted; never below a folder that is served."""
    scan_command: str | None = None
    """Virus scanner: reads a file on its standard input, ends with 0 for clean and 1 for infected, as clamdscan does."""
    cache_path: Path = ROOT / "var" / "cache"
    """Where the index of the statutes is kept; may be deleted at any time."""
    statutes_dir: Path | None = None
    turn_timeout_seconds: float = 4.0
    """The citizen hears within five seconds, whatever happens to the dialogue server."""
    messages_per_minute: int = 20
    session_idle_minutes: int = 30

    @property
    def encryption_keys(self) -> tuple[str, ...]:
        """The current key and the former ones."""
        former = self.former_encryption_keys.get_secret_value()
        return (self.encryption_key.get_secret_value(), *(key.strip() for key in former.split(",") if key.strip()))

    @property
    def dialogue_url(self) -> str:
        """Where the dialogue server listens; always loopback."""
        return f"http://127.0.0.1:{self.dialogue_port}"

    @property
    def base_url(self) -> str:
        """Where this gateway is reached from this machine."""
        return f"http://{self.host}:{self.port}"

    @property
    def session_idle(self) -> timedelta:
        """How long a citizen's session lives without a message."""
        return timedelta(minutes=self.session_idle_minutes)


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()  # type: ignore[call-arg]  # secrets come from the environment
