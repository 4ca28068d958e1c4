"""Errors as RFC 9457 problem documents: a stable code and a Chinese sentence."""

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from starlette.exceptions import HTTPException

from eligibility import EligibilityError
from hotline import divisions, errors

log = structlog.get_logger()

STATUS: dict[type[errors.HotlineError], int] = {
    errors.SessionInvalid: 401,
    errors.LoginRefused: 401,
    errors.NotHolder: 403,
    errors.NotPermitted: 403,
    errors.OperatorUnknown: 404,
    errors.PasswordTooShort: 422,
    errors.NotFound: 404,
    errors.ArticleNotAtHand: 404,
    divisions.DivisionUnknown: 404,
    errors.HandoffTaken: 409,
    errors.SlotTaken: 409,
    errors.AlreadyRated: 409,
    errors.LedgerLocked: 409,
    errors.LedgerIncomplete: 422,
    errors.UnknownWord: 422,
    errors.WorkOrderTaken: 409,
    errors.ComplaintState: 409,
    errors.NoticeOutdated: 409,
    errors.ButtonUnknown: 422,
    errors.NotBookable: 422,
    errors.PastTime: 422,
    errors.TooFarAhead: 422,
    errors.DayOff: 422,
    errors.OutsideHours: 422,
    errors.KindNotOffered: 422,
    errors.KindUnknown: 422,
    errors.SlotUnknown: 422,
    errors.NotAccepting: 422,
    errors.ContactMissing: 422,
    errors.NotYetOver: 422,
    errors.AlreadyBooked: 409,
    errors.AppointmentOver: 409,
    errors.AppointmentUnknown: 404,
    errors.StationUnknown: 404,
    errors.LawyerUnknown: 404,
    errors.TooManyMessages: 429,
    errors.RequestReused: 409,
    errors.ApplicationMoved: 409,
    errors.SupplementAlreadyAsked: 409,
    errors.ConfirmationMissing: 409,
    errors.PersonNeeded: 409,
    errors.GuardianConsentMissing: 422,
    errors.ReasonMissing: 422,
    errors.DayNotPossible: 422,
    errors.DayInFuture: 422,
    errors.ConsentMissing: 422,
    errors.EvidenceConsentMissing: 422,
    errors.NameInvalid: 422,
    errors.PhoneInvalid: 422,
    errors.IdentityInvalid: 422,
    errors.LookupLocked: 429,
    errors.FileTooLarge: 413,
    errors.FileTypeRefused: 415,
    errors.FileBroken: 422,
    errors.PictureTooLarge: 422,
    errors.FileInfected: 422,
    errors.TooManyFiles: 409,
}
TITLES = {
    401: "需要重新登录",
    403: "没有权限",
    404: "没有找到",
    405: "方法不对",
    409: "有冲突",
    413: "太大了",
    415: "文件类型不能收",
    422: "内容不合要求",
    429: "太快了",
}

FIELDS = {
    "applicant_name": "姓名",
    "applicant_phone": "手机号",
    "consent": "是否同意",
    "matter": "事项代码",
    "region": "所在地的六位区划代码",
    "born_on": "出生日期，要写成 1990-01-31 这样",
    "happened_on": "发生日期，要写成 2026-01-31 这样",
    "summary": "事情经过，最多 1000 字",
    "words": "要说的话，最多 2000 字",
    "reason": "理由",
    "household_size": "家庭人数，填数字",
    "household_income_yuan_per_month": "家庭月收入，填多少元，不能是负数",
    "relation": "和申请人的关系",
    "ground": "代为申请的理由",
    "identity_type": "证件种类",
    "identity_number": "证件号码",
    "name": "姓名",
    "phone": "电话",
    "address": "住址",
    "slot_id": "时段",
    "first": "日期，要写成 2026-12-01 这样",
    "last": "日期，要写成 2026-12-01 这样",
    "from": "日期，要写成 2026-12-01 这样",
    "to": "日期，要写成 2026-12-01 这样",
    "day": "日期，要写成 2026-12-01 这样",
    "last_day": "日期，要写成 2026-12-01 这样",
    "received_on": "收到日期，要写成 2026-12-01 这样",
    "score": "评分，一到五",
    "kind": "种类",
    "idempotency-key": "请求号（Idempotency-Key）",
}
"""What a field is called when its value has a wrong shape; one that is not here is not named."""


class EmptyMessage(errors.HotlineError):
    """Nothing a person could read."""

    code = "empty_message"
    sentence = "您还没有写内容，请用一句话说说遇到的事。"


class MessageTooLong(errors.HotlineError):
    """More than 2,000 characters."""

    code = "message_too_long"
    sentence = "一次最多 2000 个字，请分几次说；您写的内容还在，没有丢。"


STATUS |= {EmptyMessage: 422, MessageTooLong: 422}


def problem(status: int, code: str, detail: str) -> JSONResponse:
    """One problem document."""
    body = {
        "type": f"urn:yuanxian:{code}",
        "title": TITLES.get(status, "出错了"),
        "status": status,
        "detail": detail,
        "code": code,
    }
    headers = {"Retry-After": "60"} if status == 429 else {"Retry-After": "5"} if status == 503 else {}
    return JSONResponse(body, status, headers, media_type="application/problem+json")


def install(app: FastAPI) -> None:
    """Make every error of the app a problem document."""

    @app.exception_handler(errors.HotlineError)
    def refused(_request: Request, error: errors.HotlineError) -> JSONResponse:
        return problem(STATUS.get(type(error), 400), error.code, error.sentence)

    @app.exception_handler(EligibilityError)
    def facts_refused(_request: Request, error: EligibilityError) -> JSONResponse:
        return problem(422, error.code, error.sentence)

    @app.exception_handler(RequestValidationError)
    def malformed(_request: Request, error: RequestValidationError) -> JSONResponse:
        unreadable = any(one["type"] == "json_invalid" for one in error.errors())
        sentence = "收到的内容不是正确的 JSON，没有处理。" if unreadable else _what_is_malformed(error)
        return problem(400 if unreadable else 422, "json_invalid" if unreadable else "malformed", sentence)

    @app.exception_handler(HTTPException)
    def http_error(_request: Request, error: HTTPException) -> JSONResponse:
        return problem(error.status_code, f"http_{error.status_code}", TITLES.get(error.status_code, "出错了"))

    @app.exception_handler(PoolExhausted)
    @app.exception_handler(OperationalError)
    def storage_busy(request: Request, error: SQLAlchemyError) -> JSONResponse:
        log.error("storage.busy", path=request.url.path, error=type(error).__name__)
        return problem(503, "storage_busy", "系统正忙，您的话还没有存下来，请稍后再发一次；着急请直接拨打 12348。")


def _what_is_malformed(error: RequestValidationError) -> str:
    """Which fields have a wrong shape, by their Chinese names; never what was sent."""
    places = [str(part).lower() for one in error.errors() for part in one["loc"][-1:]]
    named = "；".join(dict.fromkeys(FIELDS[place] for place in places if place in FIELDS))
    return f"内容的格式不对（{named}），没有处理，请改好再发。" if named else "内容的格式不对，没有处理。"
