"""Who among the staff may do what: one table, from which the routes refuse and the tests expect.

Whoever is not named in a row may not. Reading personal data is recorded whoever reads (`hotline.privacy`,
`hotline.audit`). The agency's administrator is whoever may run `yuanxian` on the machine; there is no such login, so
that running the system gives no reading of cases.
"""

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """What somebody's login is for."""

    OPERATOR = "operator"
    LAWYER = "lawyer"
    REVIEWER = "reviewer"
    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"


ROLE_WORDS = {
    Role.OPERATOR: "值班人员",
    Role.LAWYER: "值班律师",
    Role.REVIEWER: "审查人员",
    Role.SUPERVISOR: "值班长",
    Role.AUDITOR: "审计人员",
}


class Permission(StrEnum):
    """Something that is allowed or not."""

    SERVE = "serve"
    REVEAL = "reveal"
    SEE_APPLICATIONS = "see_applications"
    TAKE_APPLICATIONS = "take_applications"
    REVIEW = "review"
    SETTLE_OBJECTIONS = "settle_objections"
    SUPERVISE = "supervise"
    REPORT = "report"
    AUDIT = "audit"


PERMISSION_WORDS = {
    Permission.SERVE: "接待、登记、预约和回电",
    Permission.REVEAL: "查看台账里遮住的内容",
    Permission.SEE_APPLICATIONS: "查看申请",
    Permission.TAKE_APPLICATIONS: "代填、补正和代为提交申请",
    Permission.REVIEW: "审查申请、查看申请人的完整信息和材料",
    Permission.SETTLE_OBJECTIONS: "登记异议的审查结果",
    Permission.SUPERVISE: "办理投诉、重新打开台账、处理没有送达的消息",
    Permission.REPORT: "查看统计报表",
    Permission.AUDIT: "查看办事记录",
}

P = Permission
MAY: Mapping[Role, frozenset[Permission]] = {
    Role.OPERATOR: frozenset({P.SERVE, P.REVEAL, P.SEE_APPLICATIONS, P.TAKE_APPLICATIONS}),
    Role.LAWYER: frozenset({P.SERVE, P.SEE_APPLICATIONS, P.TAKE_APPLICATIONS}),
    Role.REVIEWER: frozenset({P.SERVE, P.REVEAL, P.SEE_APPLICATIONS, P.TAKE_APPLICATIONS, P.REVIEW}),
    # Whoever decided an application does not record what became of the objection to it.
    Role.SUPERVISOR: frozenset(Permission),
    Role.AUDITOR: frozenset({P.REPORT, P.AUDIT}),
}
