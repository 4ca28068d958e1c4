"""The agency's register of lawyers: who fits an application, with reasons, and whom an applicant may ask for.

Everything here orders and explains; the agency assigns (法律援助法 第四十三条). Nobody is left out of the order, and who lacks
what article 26 asks for stands last, with the article. Source: 种子 SR-110 to SR-116.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from eligibility import Law
from hotline import divisions, workstations
from hotline.application_form import SEX_WORDS, LawyerWishes, Sex
from hotline.applications import Application
from hotline.errors import StationUnknown
from hotline.storage import UnitOfWork

EXPERIENCED_YEARS = 3
"""法律援助法 第二十六条, and the seeds' 优先 for criminal and difficult cases (SR-112)."""
SUGGESTED = 20
MINORS = "未成年人"
"""The speciality of those who know the minds and bodies of minors (未成年人保护法 第一百零四条)."""
TAGS = (MINORS, "女性权益", "助残", "少数民族语言", "农民工", "老年人", "军人军属")
"""What most registers tell apart; any other word is a speciality too."""


@dataclass(eq=False)
class Lawyer:
    """One lawyer of the register, known by the number of the licence."""

    licence_number: str
    name: str
    firm: str
    sex: Sex
    practising_since: date
    conduct_clear: bool
    """没有不良诚信记录."""
    open_to_choice: bool
    """点援: agrees to be asked for by name (种子 SR-113: 尊重律师意愿)."""
    languages: list[str]
    specialities: list[str]
    stations: list[str]
    """Ids of the stations where the lawyer is on duty."""
    regions: list[str]
    """Codes of the divisions served, each with all that lies in it."""

    def years(self, on: date) -> int:
        """Whole years of practice on a day."""
        since = self.practising_since
        return on.year - since.year - ((on.month, on.day) < (since.month, since.day))

    def serves(self, region: str) -> bool:
        """Whether the division, or one around it, is among those served.

        Raises:
            DivisionUnknown
        """
        return not {region, *(one.code for one in divisions.parents(region))}.isdisjoint(self.regions)


@dataclass(frozen=True)
class Suggestion:
    """One lawyer for one application: what speaks for the choice, and what has to be weighed."""

    lawyer: Lawyer
    years: int
    reasons: tuple[str, ...]
    cautions: tuple[str, ...]


@dataclass(frozen=True)
class Choice:
    """What is public of a lawyer open to choice; stations by name."""

    name: str
    firm: str
    specialities: tuple[str, ...]
    languages: tuple[str, ...]
    stations: tuple[str, ...]


def suggest(uow: UnitOfWork, application: Application, law: Law, on: date) -> list[Suggestion]:
    """The twenty who fit best on this day, the best first; ordered, never excluded.

    Article 26 comes before all; then, for criminal and difficult cases, three years with a clear record; then what the
    law asks for a minor; then who was asked for by name, who serves the place, the other wishes, and years.
    """
    ranked = sorted(uow.lawyers.all(), key=lambda one: _rank(one, application, law, on))
    return [_suggestion(one, application, law, on) for one in ranked[:SUGGESTED]]


def open_to_choice(uow: UnitOfWork, region: str) -> list[Choice]:
    """The lawyers of a division whom an applicant may ask for, by name; empty where the agency offers none.

    Raises:
        DivisionUnknown
    """
    divisions.get(region)
    return [
        Choice(one.name, one.firm, tuple(one.specialities), tuple(one.languages), tuple(_station_names(uow, one)))
        for one in uow.lawyers.all()
        if one.open_to_choice and one.serves(region)
    ]


def _rank(
    lawyer: Lawyer, application: Application, law: Law, on: date
) -> tuple[bool, bool, bool, bool, bool, int, int]:
    wishes, years = application.form.wishes, lawyer.years(on)
    return (
        _needs_experience(application) and years < EXPERIENCED_YEARS,
        _wants_experience(application, law) and not _preferred(lawyer, on),
        application.minor and MINORS not in lawyer.specialities,
        not _named(lawyer, wishes),
        not _near(lawyer, application),
        -len(list(_wishes_met(lawyer, wishes))),
        -years,
    )


def _suggestion(lawyer: Lawyer, application: Application, law: Law, on: date) -> Suggestion:
    reasons = tuple(_reasons(lawyer, application, law, on))
    return Suggestion(lawyer, lawyer.years(on), reasons, tuple(_cautions(lawyer, application, on)))


def _reasons(lawyer: Lawyer, application: Application, law: Law, on: date) -> Iterator[str]:
    wishes = application.form.wishes
    yield f"执业{_years_in_words(lawyer.years(on))}"
    if _needs_experience(application) and lawyer.years(on) >= EXPERIENCED_YEARS:
        yield "执业满三年；是不是相关执业经历请核对（《法律援助法》第二十六条）"
    if _wants_experience(application, law) and _preferred(lawyer, on):
        yield "执业满三年、没有不良诚信记录，刑事和疑难重大案件优先"
    if application.minor and MINORS in lawyer.specialities:
        yield "熟悉未成年人身心特点（《未成年人保护法》第一百零四条）"
    if _named(lawyer, wishes):
        yield "本人点名希望由这位律师办理"
    if _near(lawyer, application):
        yield "服务申请所在的地区"
    yield from _wishes_met(lawyer, wishes)


def _cautions(lawyer: Lawyer, application: Application, on: date) -> Iterator[str]:
    if _needs_experience(application) and lawyer.years(on) < EXPERIENCED_YEARS:
        yield "执业不满三年：这类案件应当指派具有三年以上相关执业经历的律师（《法律援助法》第二十六条）"
    if not lawyer.conduct_clear:
        yield "有不良诚信记录"


def _needs_experience(application: Application) -> bool:
    """Whether article 26 asks for three years of relevant practice."""
    return application.facts.get("life_or_death_sentence") is True


def _wants_experience(application: Application, law: Law) -> bool:
    """Whether it is criminal or difficult: three years and a clear record are preferred (种子 SR-112)."""
    matter = law.matters.get(application.matter)
    criminal = matter is not None and matter.agency == "criminal"
    return application.difficult or criminal or application.facts.get("proceeding") == "criminal"


def _preferred(lawyer: Lawyer, on: date) -> bool:
    return lawyer.conduct_clear and lawyer.years(on) >= EXPERIENCED_YEARS


def _near(lawyer: Lawyer, application: Application) -> bool:
    return application.region is not None and lawyer.serves(application.region)


def _named(lawyer: Lawyer, wishes: LawyerWishes) -> bool:
    """Whether the applicant asked for this name, or for 某律师 with this family name."""
    asked = (wishes.named or "").removesuffix("律师").strip()
    return bool(asked) and (lawyer.name.startswith(asked) if len(asked) == 1 else asked in lawyer.name)


def _wishes_met(lawyer: Lawyer, wishes: LawyerWishes) -> Iterator[str]:
    if wishes.sex is lawyer.sex:
        yield f"{SEX_WORDS[lawyer.sex]}律师，合本人意愿"
    if wishes.language and (spoken := [one for one in lawyer.languages if _same(one, wishes.language)]):
        yield f"会讲{'、'.join(spoken)}，合本人意愿"
    if wishes.speciality and (known := [one for one in lawyer.specialities if _same(one, wishes.speciality)]):
        yield f"熟悉{'、'.join(known)}，合本人意愿"


def _same(one: str, other: str) -> bool:
    """彝语 and 四川彝语, 劳动 and 劳动争议: people do not use the register's words."""
    return one in other or other in one


def _years_in_words(years: int) -> str:
    return f" {years} 年" if years > 0 else "不满一年"


def _station_names(uow: UnitOfWork, lawyer: Lawyer) -> Iterator[str]:
    for station_id in lawyer.stations:
        try:
            station = workstations.station(uow, station_id)
        except StationUnknown:  # gone since the register was imported
            continue
        if station.public:
            yield station.name
