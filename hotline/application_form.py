"""What stands in an application besides name and phone: who acts for whom, the matter, hardship, and wishes.

Everything may be empty: None means not told; a name in `asked` means that it was asked and need not be asked again. A
missing line never stops an application (法律援助法 第四十三条第二款 lets the agency ask for it once).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self

from pydantic import TypeAdapter

from hotline.applicants import Representative
from hotline.identity_documents import IdentityType

LONGEST_SUMMARY = 1000
ELDERLY_AT_HOME = 80
"""From this age a visit is offered (种子 SR-053)."""


class Sex(StrEnum):
    """As on the identity card."""

    MALE = "male"
    FEMALE = "female"


SEX_WORDS = {Sex.MALE: "男", Sex.FEMALE: "女"}


class HardshipProof(StrEnum):
    """How the agency may check hardship: 法律援助法 第四十一条第二款."""

    COMMITMENT = "commitment"
    ENQUIRY = "enquiry"


@dataclass(frozen=True)
class Hardship:
    """经济困难状况说明, in the applicant's words; money as a decimal text in yuan a month."""

    household_size: int | None = None
    household_income_yuan_per_month: str | None = None
    income_from: str | None = None
    expenses: str | None = None
    proof: HardshipProof | None = None


@dataclass(frozen=True)
class LawyerWishes:
    """Wishes, never promises: the agency appoints (种子 SR-110)."""

    sex: Sex | None = None
    language: str | None = None
    speciality: str | None = None
    named: str | None = None


@dataclass(frozen=True)
class HomeVisit:
    """上门受理 (种子 SR-050, SR-053, SR-054): two go, the applicant signs that the papers were received."""

    address: str
    contact: str
    reason: str
    at: datetime | None = None
    visitors: tuple[str, ...] = ()
    received_on: date | None = None


@dataclass(frozen=True)
class Forwarded:
    """转交 (第三十九条): who passes on what a detained person asked for, and when that person asked."""

    by: str
    asked_at: datetime


@dataclass(frozen=True)
class Form:
    """法律援助申请表 and what goes with it."""

    identity_type: IdentityType | None = None
    born_on: date | None = None
    sex: Sex | None = None
    ethnicity: str | None = None
    address: str | None = None
    language: str | None = None
    representative: Representative | None = None
    opponent: str | None = None
    handling_authority: str | None = None
    forwarded: Forwarded | None = None
    summary: str | None = None
    hardship: Hardship | None = None
    honesty_committed_at: datetime | None = None
    """诚信承诺: all that was said is true (第四十一条第二款); None: not given yet."""
    wishes: LawyerWishes = LawyerWishes()
    home_visit: HomeVisit | None = None
    consented_at: datetime | None = None
    guardian_consented_at: datetime | None = None
    """When the guardian of a child under fourteen agreed that the child's data are kept (个人信息保护法 第三十一条)."""
    read_back_at: datetime | None = None
    """When an operator read the form to the applicant, who agreed with it."""
    asked: tuple[str, ...] = ()
    """Questions that need not come again: answered with no, with 不知道, with 不想说."""

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The form as kept."""
        return _ADAPTER.validate_python(data)  # type: ignore[return-value]

    def as_json(self) -> dict[str, Any]:
        """The form for keeping; empty lines are left out."""
        return dict(_ADAPTER.dump_python(self, mode="json", exclude_none=True))

    def having_asked(self, item: str) -> Self:
        """The form after a question that need not come again."""
        return replace(self, asked=tuple(dict.fromkeys((*self.asked, item))))


_ADAPTER = TypeAdapter(Form)
