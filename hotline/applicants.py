"""Who applies, for whom, and by what right: names, phones, and relatives who act for somebody (法律援助法 第四十条)."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from hotline.errors import NameInvalid, PhoneInvalid
from hotline.identity_documents import IdentityDocument

LONGEST_NAME = 50
CRIMINAL_MATTER = re.compile(r"C\d+")  # C01 to C05; CD01 and the like are Chengdu's civil matters
CHILD, ADULT = 14, 18
"""《个人信息保护法》第三十一条: below this age a guardian agrees; 《民法典》第十七条: from this age an adult."""


class Relation(StrEnum):
    """What the one who acts is to the applicant."""

    SPOUSE = "spouse"
    PARENT = "parent"
    CHILD = "child"
    SIBLING = "sibling"
    GRANDPARENT = "grandparent"
    GRANDCHILD = "grandchild"
    GUARDIAN = "guardian"
    OTHER = "other"


RELATION_WORDS = {
    Relation.SPOUSE: "配偶",
    Relation.PARENT: "父母",
    Relation.CHILD: "子女",
    Relation.SIBLING: "兄弟姐妹",
    Relation.GRANDPARENT: "祖父母、外祖父母",
    Relation.GRANDCHILD: "孙子女、外孙子女",
    Relation.GUARDIAN: "监护人",
    Relation.OTHER: "其他人",
}
CLOSE_RELATIVES = frozenset(Relation) - {Relation.GUARDIAN, Relation.OTHER}
"""《民法典》第一千零四十五条第二款"""
CLOSE_RELATIVES_IN_CRIME = frozenset({Relation.SPOUSE, Relation.PARENT, Relation.CHILD, Relation.SIBLING})
"""《刑事诉讼法》第一百零八条第六项 knows no grandparents and no grandchildren."""


class Ground(StrEnum):
    """Why somebody acts for the applicant."""

    MINOR = "minor"
    """未成年人: without full capacity, the law gives a representative."""
    NO_CAPACITY = "no_capacity"
    """不能辨认或者不能完全辨认自己行为的成年人"""
    GUARDIAN_AT_FAULT = "guardian_at_fault"
    """法定代理人侵犯其合法权益"""
    DETAINED = "detained"
    """被羁押、服刑、强制隔离戒毒"""
    HELP = "help"
    """The applicant has full capacity; somebody carries the papers (种子 SR-058)."""


GROUND_WORDS = {
    Ground.MINOR: "申请人是未成年人",
    Ground.NO_CAPACITY: "申请人不能辨认或者不能完全辨认自己的行为",
    Ground.GUARDIAN_AT_FAULT: "法定代理人侵犯了申请人的合法权益",
    Ground.DETAINED: "申请人被羁押、服刑或者强制隔离戒毒",
    Ground.HELP: "受申请人之托代为联系",
}


@dataclass(frozen=True)
class Representative:
    """Somebody who acts for the applicant, as told; None: not told."""

    name: str
    phone: str
    relation: Relation | None = None
    ground: Ground | None = None
    identity: IdentityDocument | None = None


@dataclass(frozen=True)
class Standing:
    """Whether the one who acts may apply in the applicant's place.

    Attributes:
        may_apply: False: what was sent is kept, but the applicant must confirm it before a decision.
        article: what it rests on, in Chinese.
        sentence: for whoever acts; says what to bring.
    """

    may_apply: bool
    article: str
    sentence: str


def standing_of(representative: Representative, matter: str) -> Standing:
    """Tell whether the law lets this person apply in the applicant's place. Nobody is turned away.

    Source: 《法律援助法》第四十条、第二十四条、第二十九条、第三十三条；《民法典》第二十三条、第一千零四十五条；《刑事诉讼法》第一百零八条
    """
    relation, ground = representative.relation, representative.ground
    if relation is None or ground is None:
        return _must_be_confirmed("《法律援助法》第四十条", "还不清楚您和申请人的关系")
    criminal, retrial = bool(CRIMINAL_MATTER.fullmatch(matter)), matter.startswith("R")
    close = relation in (CLOSE_RELATIVES_IN_CRIME if criminal else CLOSE_RELATIVES)
    words = RELATION_WORDS[relation]
    papers = f"请带上能证明您是{words}的材料，比如户口簿、结婚证、出生证明。"
    if ground in (Ground.MINOR, Ground.NO_CAPACITY):
        likely = {Relation.PARENT} if ground is Ground.MINOR else {Relation.SPOUSE, Relation.PARENT, Relation.CHILD}
        if relation in likely or relation is Relation.GUARDIAN:
            proof = papers if relation is not Relation.GUARDIAN else "请带上能证明您是监护人的材料。"
            return Standing(True, "《法律援助法》第四十条第一款", f"您可以作为法定代理人代为申请。{proof}")
        return _must_be_confirmed("《法律援助法》第四十条第一款", "按规定由法定代理人（监护人）代为申请")
    if ground is Ground.GUARDIAN_AT_FAULT:
        if close or relation is Relation.GUARDIAN:
            who = "其他法定代理人" if relation is Relation.GUARDIAN else "近亲属"
            return Standing(True, "《法律援助法》第四十条第一款", f"您可以作为{who}代为申请。{papers}")
        return _must_be_confirmed("《法律援助法》第四十条第一款", "按规定由其他法定代理人或者近亲属代为申请")
    if ground is Ground.DETAINED:
        if close or relation is Relation.GUARDIAN:
            return Standing(True, "《法律援助法》第四十条第二款", f"您可以代他（她）申请。{papers}")
        return _must_be_confirmed("《法律援助法》第四十条第二款", "按规定由法定代理人或者近亲属代为申请")
    if close and (matter == "C01" or retrial):
        article = "《法律援助法》第三十三条" if retrial else "《法律援助法》第二十四条"
        return Standing(True, article, f"这类事近亲属也可以申请。{papers}")
    return _must_be_confirmed("《法律援助法》第四十条", "您可以代为联系，但申请人本人能自己申请的，要由本人申请")


def is_guardian(representative: Representative, matter: str) -> bool:
    """Whether this person may decide what is kept about a child: a parent or guardian, or, where the guardian does the
    child wrong, whoever the law lets apply instead (第四十条第一款)."""
    for_a_child = representative.ground in (Ground.MINOR, Ground.GUARDIAN_AT_FAULT)
    return for_a_child and standing_of(representative, matter).may_apply


def _must_be_confirmed(article: str, rule: str) -> Standing:
    return Standing(False, article, f"{rule}。这份申请先留着，工作人员会联系申请人本人或者有权代为申请的人确认。")


def read_name(told: str) -> str:
    """A name without what cannot be in one.

    Raises:
        NameInvalid: nothing left, too long, or digits: somebody wrote a phone number here.
    """
    name = " ".join(unicodedata.normalize("NFKC", told).split())
    if not name or len(name) > LONGEST_NAME or re.search(r"[\d<>{}\[\]@#$%^*=+|\\/]", name):
        raise NameInvalid
    if not any(unicodedata.category(one).startswith("L") for one in name):
        raise NameInvalid
    return name


def read_phone(told: str) -> str:
    """Digits of a mobile or of a landline with its area code.

    Raises:
        PhoneInvalid: no number of mainland China.
    """
    digits = re.sub(r"[\s\-()（）]", "", unicodedata.normalize("NFKC", told)).removeprefix("+86")
    if not re.fullmatch(r"1[3-9]\d{9}|0\d{2,3}[2-8]\d{6,7}", digits):
        raise PhoneInvalid
    return digits


def masked_name(name: str) -> str:
    """张*: the family name only."""
    return name[:1] + "*" * max(1, len(name) - 1)


def masked_phone(phone: str) -> str:
    """138****0000"""
    return phone[:3] + "*" * (len(phone) - 7) + phone[-4:]
