"""What a caller may tell us, and how each thing is asked.

`None` always means "not asked yet", never "no". What the caller cannot or will not say is listed in `Facts.unknown`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, Self

from eligibility.errors import ContradictoryFacts, ImplausibleAmount, UnknownFact

Kind = Literal["yes_no", "money", "region", "choice", "number"]

# Nobody who asks for legal aid earns this in a month; a larger figure is a slip of the tongue or of the keyboard.
ABSURD_YUAN = Decimal("10000000")


@dataclass(frozen=True)
class Facts:
    """The answers so far about the person who needs aid (the recipient), also when a relative calls for them.

    Money is Decimal yuan; the unit and the period stand in the name.
    """

    matter: str | None = None  # code of parameters/matters.yaml
    region: str | None = None  # six digits of GB/T 2260: where the matter happened or is handled
    organisation: bool | None = None  # a company or other body asks for itself
    foreign_national: bool | None = None  # foreign or stateless
    migrant_worker: bool | None = None  # 进城务工人员
    # 社会救助、司法救助或者优抚对象 (第四十二条第二项); the kind matters only before 2026-07-01
    assistance_recipient: bool | None = None
    assistance_kind: str | None = None  # which of them, see CHOICES
    no_fixed_income: bool | None = None  # 无固定生活来源
    local_list: str | None = None  # on a list that one place keeps, see CHOICES
    age: int | None = None
    disabled: bool | None = None
    military_status: str | None = None  # see CHOICES
    abuse_victim: bool | None = None  # of domestic violence, maltreatment or abandonment by the other side
    opponent_in_household: bool | None = None  # 对方是共同生活的家庭成员
    household: str | None = None  # urban or rural registration
    income_yuan_per_person_month: Decimal | None = None  # household income per head
    income_yuan_per_month_self: Decimal | None = None  # the applicant's own
    income_yuan_per_person_year: Decimal | None = None  # household income per head
    retrial_ordered: bool | None = None  # 法院已决定、裁定再审，或检察院已抗诉
    sensory_disability: bool | None = None  # 视力、听力、言语残疾
    limited_capacity: bool | None = None  # an adult who cannot fully recognise their own acts
    life_or_death_sentence: bool | None = None  # 可能判处无期徒刑、死刑
    detained: bool | None = None
    on_behalf: bool | None = None  # a close relative asks for the recipient
    proceeding: str | None = None  # see CHOICES
    days_to_limitation: int | None = None  # days until a limitation or procedural period ends
    preservation_needed: bool | None = None  # 须立即申请财产保全、证据保全或者先予执行
    mobility_impaired: bool | None = None
    group_dispute: bool | None = None
    unknown: frozenset[str] = frozenset()  # asked, but not known or not told

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any]) -> Self:
        """Read facts from JSON, YAML or slots; money may be a string or a whole number, null means not asked.

        Raises:
            UnknownFact: a name or a choice nobody defined (a misspelt fact must not be ignored).
            ImplausibleAmount: money that is not a number.
        """
        if not isinstance(data, Mapping):
            raise UnknownFact(f"facts are names with values, not {type(data).__name__}")
        values: dict[str, Any] = {}
        for name, value in data.items():
            if name == "unknown":
                values[name] = _names(value)
            elif name not in KIND:
                raise UnknownFact(f"{name}: no such fact; the facts are {', '.join(KIND)}")
            elif value is not None:
                values[name] = _read(name, value)
        return cls(**values)

    def with_answer(self, name: str, value: Any) -> Self:
        """Give these facts with one more answer; an answer also ends "not known"."""
        return replace(self, **{name: value, "unknown": self.unknown - {name}})

    def with_unknown(self, name: str) -> Self:
        """Give these facts after the caller said 不知道 or 不想说 to one question."""
        changes: dict[str, Any] = {name: None, "unknown": self.unknown | {name}}
        return replace(self, **changes)

    def answered(self) -> dict[str, Any]:
        """Give the facts that have an answer, by name."""
        return {name: value for name in KIND if (value := getattr(self, name)) is not None}

    def to_mapping(self) -> dict[str, Any]:
        """Give these facts as JSON values that `from_mapping` reads back; money as decimal text."""
        told = {name: str(v) if isinstance(v, Decimal) else v for name, v in self.answered().items()}
        return {**told, "unknown": sorted(self.unknown)} if self.unknown else told

    def check(self) -> None:
        """Refuse answers that no person can have.

        Raises:
            UnknownFact, ImplausibleAmount, ContradictoryFacts
        """
        if strangers := sorted(self.unknown - KIND.keys()):
            raise UnknownFact(f"unknown: no such fact {', '.join(strangers)}")
        for name in MONEY:
            amount = getattr(self, name)
            if amount is not None and not (amount.is_finite() and 0 <= amount <= ABSURD_YUAN):
                raise ImplausibleAmount(f"{name}: {amount} is not between 0 and {ABSURD_YUAN}")
        for name, choices in CHOICES.items():
            if (choice := getattr(self, name)) is not None and choice not in choices:
                raise UnknownFact(f"{name}: {choice} is not one of {', '.join(choices)}")
        for clash in self._contradictions():
            raise ContradictoryFacts(clash)

    def _contradictions(self) -> list[str]:
        age = self.age
        clashes = {
            f"age: {age} is not an age": age is not None and not 0 <= age <= 130,
            f"age {age} and military_status {self.military_status}": age is not None
            and age < 17  # 《兵役法》: service begins at eighteen, for volunteers at seventeen
            and self.military_status in ("soldier", "veteran"),
            "assistance_recipient is no, yet assistance_kind names one": self.assistance_recipient is False
            and self.assistance_kind is not None,
            "an organisation has no age, household or personal status": bool(self.organisation)
            and any((self.age is not None, self.migrant_worker, self.disabled, self.assistance_recipient)),
            "a fact is both answered and not known": any(getattr(self, name) is not None for name in self.unknown),
        }
        return [clash for clash, true in clashes.items() if true]


CHOICES: dict[str, tuple[str, ...]] = {
    "assistance_kind": (
        "subsistence_allowance",  # 最低生活保障
        "extreme_poverty",  # 特困供养
        "temporary_relief",  # 临时救助
        "disaster_relief",  # 受灾救助
        "subsistence_margin",  # 最低生活保障边缘家庭
        "rigid_expenditure",  # 刚性支出困难家庭
        "judicial_assistance",  # 司法救助
        "preferential_treatment",  # 优抚
    ),
    "local_list": (
        "none",
        "hardship_database",  # 安徽困难群体数据库
        "registered_poor",  # 寿县扶贫对象（建档立卡）
    ),
    "military_status": ("none", "soldier", "military_family", "bereaved_family", "veteran"),
    "household": ("urban", "rural"),
    "proceeding": ("none", "arbitration", "court", "reconsideration", "criminal"),
}
MONEY = ("income_yuan_per_person_month", "income_yuan_per_month_self", "income_yuan_per_person_year")


def _kind(name: str) -> Kind:
    if name in MONEY:
        return "money"
    if name in CHOICES or name == "matter":
        return "choice"
    if name == "region":
        return "region"
    return "number" if name in ("age", "days_to_limitation") else "yes_no"


KIND: dict[str, Kind] = {field.name: _kind(field.name) for field in fields(Facts) if field.name != "unknown"}


def _names(value: Any) -> frozenset[str]:
    """Read the names of what is not known; check() refuses names that are no facts."""
    if isinstance(value, str) or not isinstance(value, Iterable) or not all(isinstance(v, str) for v in value):
        raise UnknownFact(f"unknown: {value!r} is not a list of facts")
    return frozenset(value)


def _read(name: str, value: Any) -> Any:
    """Turn a JSON or slot value into the fact's own type."""
    kind = KIND[name]
    if kind == "money":
        # A float has already lost its 分; take its shortest written form, which is what was typed.
        try:
            return Decimal(str(value))
        except InvalidOperation:
            raise ImplausibleAmount(f"{name}: {value!r} is not an amount") from None
    if kind == "number":
        if isinstance(value, bool) or not isinstance(value, int | float) or value % 1:  # inf and nan have a rest, too
            raise UnknownFact(f"{name}: {value!r} is not a whole number")
        return int(value)
    if kind == "yes_no":
        if not isinstance(value, bool):
            raise UnknownFact(f"{name}: {value!r} is neither true nor false")
        return value
    if not isinstance(value, str):
        raise UnknownFact(f"{name}: {value!r} must be text")
    return value
