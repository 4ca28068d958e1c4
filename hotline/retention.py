"""How long things are kept; the nightly job goes by the table in retention.yaml, and so does the notice to citizens."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import yaml

from hotline import audit
from hotline.storage import UnitOfWork

FILE = Path(__file__).parent / "retention.yaml"
ROWS_AT_ONCE = 1_000
"""So many in one transaction: the service goes on meanwhile."""


@dataclass(frozen=True)
class RetentionRule:
    """What is kept for how long, and why so long."""

    what: str
    name: str
    days: int | None
    """None: this system never deletes it by itself."""
    starts: str
    then: str
    basis: str
    source: str

    def before(self, at: datetime) -> datetime:
        """What began to count before this moment is too old."""
        if self.days is None:
            raise ValueError(f"{self.what} is kept")
        return at - timedelta(days=self.days)


@cache
def rules() -> tuple[RetentionRule, ...]:
    """The whole table."""
    return tuple(RetentionRule(**rule) for rule in yaml.safe_load(FILE.read_text(encoding="utf-8"))["rules"])


def deleting_rules() -> tuple[RetentionRule, ...]:
    """Those the nightly job has to carry out."""
    return tuple(rule for rule in rules() if rule.days is not None)


def due(uow: UnitOfWork, rule: RetentionRule, at: datetime) -> int:
    """How many rows are too old; nothing is changed."""
    return uow.retention.due(rule.what, rule.before(at))


def carry_out(uow: UnitOfWork, rule: RetentionRule, at: datetime) -> int:
    """Delete some of what is too old; how many rows. Call again, in a new unit of work, until it is none."""
    done = uow.retention.erase(rule.what, rule.before(at), ROWS_AT_ONCE)
    if done:
        audit.record(uow, audit.SYSTEM, "retention.carried_out", rule.what, at, rows=done)
    return done
