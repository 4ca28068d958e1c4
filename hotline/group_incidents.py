"""Group incidents (疑似群体性): several people ask about the same employer, or about the same matter in the same county.

A hint for the supervisor (SR-031); the bot neither comments nor takes sides.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from hotline.storage import UnitOfWork

DAYS = 30
SAME_OPPONENT = 3
SAME_MATTER_DAYS, SAME_MATTER = 7, 10
"""Ours, not a rule: a county deployment hears dozens to hundreds of people a day (domain/hotline §1)."""


@dataclass(frozen=True)
class GroupHint:
    """People who may belong together."""

    why: str
    """`same_opponent`, `same_matter`, or `told`: somebody said that there are many of them."""
    region: str | None
    matter: str | None
    people: int
    numbers: tuple[str, ...]
    """Ledger numbers, the newest first, at most twenty."""


WHY_WORDS = {"same_opponent": "同一对方", "same_matter": "同一地点、同一事项", "told": "来询人说有多人"}


def hints(uow: UnitOfWork, today: date) -> list[GroupHint]:
    """All that look like a group, the largest first."""
    found = [
        *uow.consultations.same_opponent(today - timedelta(days=DAYS), SAME_OPPONENT),
        *uow.consultations.same_matter(today - timedelta(days=SAME_MATTER_DAYS), SAME_MATTER),
        *uow.consultations.told_group(today - timedelta(days=DAYS)),
    ]
    return sorted(found, key=lambda hint: -hint.people)
