"""Completing a sent application in talk: which line is asked for next.

The application is sent as soon as name and phone are known, so that nothing is lost and the seven days run; what makes
the review quicker is asked for after that, one question at a time, and every question may be left open.
"""

from collections.abc import Callable
from enum import StrEnum

from hotline.application_form import LawyerWishes
from hotline.applications import Application


class Item(StrEnum):
    """A question of the completion; its sentence is `utter_ask_<item>`."""

    REPRESENTED = "represented"
    RELATION = "relation"
    GROUND = "representation_ground"
    REPRESENTED_NAME = "represented_name"
    IDENTITY = "identity_number"
    SUMMARY = "case_summary"
    OPPONENT = "opponent_name"
    HARDSHIP_PROOF = "hardship_proof"
    WISHES = "lawyer_wishes"
    HOME_VISIT = "home_visit"
    HOME_ADDRESS = "home_visit_address"
    HONESTY = "honesty_commitment"


ITEM_WORDS = {
    Item.REPRESENTED: "是不是替家人申请",
    Item.RELATION: "您和申请人的关系",
    Item.GROUND: "替他（她）申请的原因",
    Item.REPRESENTED_NAME: "申请人的姓名",
    Item.IDENTITY: "身份证件号码",
    Item.SUMMARY: "事情经过",
    Item.OPPONENT: "对方是谁",
    Item.HARDSHIP_PROOF: "经济状况怎么核查",
    Item.WISHES: "对律师的希望",
    Item.HOME_VISIT: "要不要上门受理",
    Item.HOME_ADDRESS: "上门的地址",
    Item.HONESTY: "诚信承诺",
}


def next_item(application: Application, flags: tuple[str, ...]) -> Item | None:
    """The question that is worth asking next; None when the form is as full as the citizen wants it.

    Args:
        flags: of the assessment: whoever is exempt is asked nothing about income.
    """
    for item, is_open in QUESTIONS.items():
        if item not in application.form.asked and is_open(application, flags):
            return item
    return None


def left_open(application: Application, flags: tuple[str, ...]) -> list[str]:
    """What the agency may still ask for, in Chinese."""
    return [ITEM_WORDS[item] for item, is_open in QUESTIONS.items() if item in NEEDED and is_open(application, flags)]


def _relation_is_open(application: Application, flags: tuple[str, ...]) -> bool:
    one = application.form.representative
    return one is not None and one.relation is None


def _ground_is_open(application: Application, flags: tuple[str, ...]) -> bool:
    one = application.form.representative
    return one is not None and one.ground is None


def _name_is_open(application: Application, flags: tuple[str, ...]) -> bool:
    """The name that was given first is the caller's own."""
    one = application.form.representative
    return one is not None and one.name == application.applicant_name


def _hardship_is_open(application: Application, flags: tuple[str, ...]) -> bool:
    """《法律援助法》第三十二条、第四十二条: not asked of those whom the law does not ask."""
    if "hardship_not_required" in flags or "hardship_check_exempt" in flags:
        return False
    told = application.form.hardship
    return told is None or told.proof is None


def _address_is_open(application: Application, flags: tuple[str, ...]) -> bool:
    visit = application.form.home_visit
    return visit is not None and not visit.address


QUESTIONS: dict[Item, Callable[[Application, tuple[str, ...]], bool]] = {
    Item.REPRESENTED: lambda one, flags: one.form.representative is None,
    Item.RELATION: _relation_is_open,
    Item.GROUND: _ground_is_open,
    Item.REPRESENTED_NAME: _name_is_open,
    Item.SUMMARY: lambda one, flags: one.form.summary is None,
    Item.OPPONENT: lambda one, flags: one.form.opponent is None,
    Item.HARDSHIP_PROOF: _hardship_is_open,
    Item.WISHES: lambda one, flags: one.form.wishes == LawyerWishes(),
    Item.HOME_VISIT: lambda one, flags: one.offers_home_visit and one.form.home_visit is None,
    Item.HOME_ADDRESS: _address_is_open,
    Item.IDENTITY: lambda one, flags: one.identity_number is None,
    Item.HONESTY: lambda one, flags: one.form.honesty_committed_at is None,
}
"""In the order of asking: identity towards the end, the promise last."""
NEEDED = (Item.RELATION, Item.GROUND, Item.REPRESENTED_NAME, Item.IDENTITY, Item.SUMMARY, Item.HOME_ADDRESS)
