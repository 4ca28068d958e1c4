"""Where an application can stand, which of the nine stages that is, and what may follow (种子 SR-121; 法律援助法 第四章).

The service handles reception to decision; what follows an assignment is recorded only to be shown.
"""

from collections.abc import Mapping
from enum import StrEnum


class Stage(StrEnum):
    """The nine stages, by the names of the seed (SR-121)."""

    RECEPTION = "接待"
    APPLICATION = "申请"
    ACCEPTANCE = "受理"
    DECISION = "审批"
    ASSIGNMENT = "指派"
    HANDLING = "办理"
    CLOSING = "结案"
    ARCHIVING = "归档"
    EVALUATION = "评估"


class ApplicationStatus(StrEnum):
    """Where the application stands with the agency."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    ACCEPTED_FIRST = "accepted_first"
    """绿色通道: accepted before the papers are complete (SR-052); not the same as PROVISIONAL."""
    NOTIFIED = "notified"
    """通知指派 (第三十六条): a court, procuratorate or the police has told the agency; nobody applies, nothing is decided."""
    SUPPLEMENT = "supplement"
    PROVISIONAL = "provisional"
    """先行提供 (第四十四条): help first, papers later."""
    GRANTED = "granted"
    REFUSED = "refused"
    OBJECTED = "objected"
    UPHELD = "upheld"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    CLOSED = "closed"
    ARCHIVED = "archived"
    EVALUATED = "evaluated"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    """视为撤回 (第四十三条第二款)"""
    TERMINATED = "terminated"


S = ApplicationStatus

STAGES: Mapping[ApplicationStatus, Stage] = {
    S.DRAFT: Stage.RECEPTION,
    S.SUBMITTED: Stage.APPLICATION,
    S.ACCEPTED: Stage.ACCEPTANCE,
    S.ACCEPTED_FIRST: Stage.ACCEPTANCE,
    S.NOTIFIED: Stage.ACCEPTANCE,
    S.SUPPLEMENT: Stage.ACCEPTANCE,
    S.PROVISIONAL: Stage.DECISION,
    S.GRANTED: Stage.DECISION,
    S.REFUSED: Stage.DECISION,
    S.OBJECTED: Stage.DECISION,
    S.UPHELD: Stage.DECISION,
    S.ASSIGNED: Stage.ASSIGNMENT,
    S.IN_PROGRESS: Stage.HANDLING,
    S.CLOSED: Stage.CLOSING,
    S.ARCHIVED: Stage.ARCHIVING,
    S.EVALUATED: Stage.EVALUATION,
    S.WITHDRAWN: Stage.APPLICATION,
    S.LAPSED: Stage.ACCEPTANCE,
    S.TERMINATED: Stage.HANDLING,
}

STATUS_WORDS: Mapping[ApplicationStatus, str] = {
    S.DRAFT: "正在填写，还没有提交",
    S.SUBMITTED: "已提交，等待法律援助机构审查",
    S.ACCEPTED: "法律援助机构已受理，正在审查",
    S.ACCEPTED_FIRST: "法律援助机构已先行受理，请尽快补交材料",
    S.NOTIFIED: "法律援助机构已收到办案机关的通知，三日内指派律师",
    S.SUPPLEMENT: "需要补充材料，请按通知补交",
    S.PROVISIONAL: "法律援助机构已决定先行提供法律援助，请及时补办手续",
    S.GRANTED: "法律援助机构已决定给予援助",
    S.REFUSED: "法律援助机构已决定不给予援助，理由见书面决定；您可以提出异议",
    S.OBJECTED: "司法行政部门正在审查您的异议",
    S.UPHELD: "司法行政部门维持了原决定；您可以依法申请行政复议或者提起行政诉讼",
    S.ASSIGNED: "已指派法律援助人员",
    S.IN_PROGRESS: "法律援助人员正在办理",
    S.CLOSED: "已办结",
    S.ARCHIVED: "已办结，案卷已归档",
    S.EVALUATED: "已办结，已完成质量评估",
    S.WITHDRAWN: "已撤回",
    S.LAPSED: "没有按要求补充材料，视为撤回；您可以带齐材料重新申请",
    S.TERMINATED: "法律援助机构已决定终止援助，理由见书面决定；您可以提出异议",
}

BEFORE_DECISION = frozenset({S.SUBMITTED, S.ACCEPTED, S.ACCEPTED_FIRST, S.SUPPLEMENT, S.PROVISIONAL})
BEING_HELPED = frozenset({S.GRANTED, S.NOTIFIED, S.ASSIGNED, S.IN_PROGRESS})

NEXT: Mapping[ApplicationStatus, frozenset[ApplicationStatus]] = {
    S.DRAFT: frozenset({S.SUBMITTED, S.WITHDRAWN}),
    S.SUBMITTED: frozenset(
        {S.ACCEPTED, S.ACCEPTED_FIRST, S.SUPPLEMENT, S.PROVISIONAL, S.GRANTED, S.REFUSED, S.WITHDRAWN}
    ),
    S.ACCEPTED: frozenset({S.SUPPLEMENT, S.PROVISIONAL, S.GRANTED, S.REFUSED, S.WITHDRAWN}),
    S.ACCEPTED_FIRST: frozenset({S.ACCEPTED, S.SUPPLEMENT, S.PROVISIONAL, S.GRANTED, S.REFUSED, S.WITHDRAWN}),
    S.SUPPLEMENT: frozenset({S.ACCEPTED, S.PROVISIONAL, S.GRANTED, S.REFUSED, S.WITHDRAWN, S.LAPSED}),
    S.PROVISIONAL: frozenset({S.SUPPLEMENT, S.GRANTED, S.REFUSED, S.WITHDRAWN}),
    S.NOTIFIED: frozenset({S.ASSIGNED, S.TERMINATED}),
    S.GRANTED: frozenset({S.ASSIGNED, S.TERMINATED}),
    S.REFUSED: frozenset({S.OBJECTED}),
    S.OBJECTED: frozenset({S.UPHELD, S.ACCEPTED, S.NOTIFIED, S.GRANTED, S.ASSIGNED, S.IN_PROGRESS}),
    S.UPHELD: frozenset(),
    S.ASSIGNED: frozenset({S.IN_PROGRESS, S.CLOSED, S.TERMINATED}),
    S.IN_PROGRESS: frozenset({S.CLOSED, S.TERMINATED}),
    S.CLOSED: frozenset({S.ARCHIVED}),
    S.ARCHIVED: frozenset({S.EVALUATED}),
    S.EVALUATED: frozenset(),
    S.WITHDRAWN: frozenset(),
    S.LAPSED: frozenset(),
    S.TERMINATED: frozenset({S.OBJECTED}),
}

OVER = frozenset(status for status, following in NEXT.items() if not following)
"""Nothing follows; a new application may."""


class Lane(StrEnum):
    """In which order the agency takes it; none of them changes what the law asks for."""

    ORDINARY = "ordinary"
    GREEN = "green"
    """绿色通道 (SR-052): may be accepted before it is examined."""
    FAST = "fast"
    """快速通道 (SR-051, 安徽): received and examined the same day, a promise of service."""


LANE_WORDS = {Lane.ORDINARY: "普通", Lane.GREEN: "绿色通道", Lane.FAST: "快速通道（当日受理审查）"}


class TerminationGround(StrEnum):
    """Why aid may be ended: 法律援助法 第四十八条第一款, item by item."""

    DECEIT = "deceit"
    FALSE_FACTS = "false_facts"
    UNLAWFUL_USE = "unlawful_use"
    NO_LONGER_ELIGIBLE = "no_longer_eligible"
    CASE_ENDED = "case_ended"
    OWN_LAWYER = "own_lawyer"
    ASKED_FOR = "asked_for"
    OTHER_LAW = "other_law"


TERMINATION_WORDS = {
    TerminationGround.DECEIT: "以欺骗或者其他不正当手段获得法律援助（第一项）",
    TerminationGround.FALSE_FACTS: "故意隐瞒与案件有关的重要事实或者提供虚假证据（第二项）",
    TerminationGround.UNLAWFUL_USE: "利用法律援助从事违法活动（第三项）",
    TerminationGround.NO_LONGER_ELIGIBLE: "经济状况发生变化，不再符合法律援助条件（第四项）",
    TerminationGround.CASE_ENDED: "案件终止审理或者已经被撤销（第五项）",
    TerminationGround.OWN_LAWYER: "自行委托律师或者其他代理人（第六项）",
    TerminationGround.ASKED_FOR: "有正当理由要求终止法律援助（第七项）",
    TerminationGround.OTHER_LAW: "法律法规规定的其他情形（第八项）",
}
