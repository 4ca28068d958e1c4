"""What an assessment is: an outcome with everything needed to check it by hand."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from eligibility.facts import Facts, Kind

if TYPE_CHECKING:
    from eligibility.law import Law

Aid = Literal["urgent", "notice", "consult_only"]


class Outcome(StrEnum):
    """Our preliminary view; the legal-aid agency decides (《法律援助法》第四十三条)."""

    LIKELY = "likely"
    UNLIKELY = "unlikely"
    MORE_FACTS = "more_facts"
    REVIEW = "review"


@dataclass(frozen=True)
class Row:
    """One parameter line an assessment relied on: where it stands, what it says, who says so."""

    file: str
    key: str
    valid_from: date
    value: str
    source: str


@dataclass(frozen=True)
class Comparison:
    """The arithmetic of the hardship test: an income against one or more ceilings, in yuan."""

    standard: str  # id in parameters/hardship_standards.yaml
    fact: str  # which income was compared
    ceilings: tuple[Decimal, ...]
    strict: bool  # True: below the ceiling only; False: the text does not say


@dataclass(frozen=True)
class Finding:
    """What the rules say once they have the facts they asked for."""

    outcome: Outcome
    reasons: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    aid: Aid | None = None
    indicative: Outcome | None = None
    rows: tuple[Row, ...] = ()
    comparison: Comparison | None = None


@dataclass(frozen=True)
class Agency:
    """Where to apply: a rule code, the reason in Chinese, and the region when the answers tell it."""

    rule: str
    why: str
    region: str | None
    name: str | None


@dataclass(frozen=True)
class Assessment:
    """Whether legal aid is likely, and why.

    `reasons`, `flags` and `aid` are the codes of the golden cases; `indicative` (only with review) is the direction
    under the last known standard, for operators only; `missing` names the facts that can still change the result;
    `materials`, `remedies` and `time_limits` are Chinese sentences: what to bring, what one can do, what runs out.
    """

    outcome: Outcome
    reasons: tuple[str, ...]
    flags: tuple[str, ...]
    aid: Aid | None
    indicative: Outcome | None
    rows: tuple[Row, ...]
    missing: tuple[str, ...]
    agency: Agency | None
    materials: tuple[str, ...]
    remedies: tuple[str, ...]
    time_limits: tuple[str, ...]
    priority: tuple[str, ...]
    comparison: Comparison | None
    facts: Facts
    on: date
    law: "Law" = field(repr=False, compare=False)


@dataclass(frozen=True)
class Question:
    """One question worth asking: the fact's name, how it is answered, and the codes of a choice."""

    fact: str
    kind: Kind
    choices: tuple[str, ...] = ()
