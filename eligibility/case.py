"""Facts, day and law together, as the rules read them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from eligibility.facts import Facts
from eligibility.law import Law, Matter

Ask = Callable[[str], Any]


class Needed(Exception):
    """A rule cannot go on without this fact."""

    def __init__(self, fact: str) -> None:
        super().__init__(fact)
        self.fact = fact
        self.rule = 0  # which rule asked, filled in by rules.decide


@dataclass(frozen=True)
class Case:
    """One person's facts on one day under one law."""

    facts: Facts
    on: date
    law: Law

    def told(self, fact: str) -> Any:
        """Give a fact if it is known, else None; never asks."""
        return getattr(self.facts, fact)

    def need(self, fact: str) -> Any:
        """Give a fact the rule cannot do without.

        Raises:
            Needed: it is not known; the interview decides whether to ask.
        """
        value = getattr(self.facts, fact)
        if value is None:
            raise Needed(fact)
        return value

    @cached_property
    def matter(self) -> Matter:
        """Give the matter, asking for it if it is not known."""
        return self.law.matter(self.need("matter"))
