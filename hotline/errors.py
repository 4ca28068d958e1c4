"""What can go wrong in the service, each with a stable code and a sentence for the citizen or the operator."""

from hotline.permissions import PERMISSION_WORDS, Permission


class HotlineError(Exception):
    """A refusal that its reader can act on."""

    code = "hotline_error"
    sentence = "这一步没有办成，请稍后再试，或者转人工。"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or self.code)


class SessionInvalid(HotlineError):
    """The token names no live session."""

    code = "session_invalid"
    sentence = "这次会话已经结束，请重新开始。"


class TooManyMessages(HotlineError):
    """More messages in a minute than a person types."""

    code = "too_many_messages"
    sentence = "您发得有点快，请稍等一分钟再发；着急可以直接拨打 12348。"


class ButtonUnknown(HotlineError):
    """The pressed button was never issued in this conversation."""

    code = "button_unknown"
    sentence = "这个按钮已经失效，请直接打字告诉我。"


class HandoffTaken(HotlineError):
    """Another operator already holds the conversation."""

    code = "handoff_taken"
    sentence = "这个会话已由其他工作人员接待。"


class NotHolder(HotlineError):
    """Only the operator who holds the conversation may speak in it."""

    code = "not_holder"
    sentence = "您没有接待这个会话，不能回复。"


class NotFound(HotlineError):
    """Nothing by that id or number that this caller may see."""

    code = "not_found"
    sentence = "没有查到，请核对后再试。"


class SlotTaken(HotlineError):
    """No place is left at that time."""

    code = "slot_taken"
    sentence = "这个时段刚刚约满了，请换一个时间。"


class NotBookable(HotlineError):
    """The time cannot be booked; its subclasses say why."""

    code = "not_bookable"
    sentence = "这个时间不能预约，请选工作日的窗口时间。"


class PastTime(NotBookable):
    """The time has passed."""

    code = "past_time"
    sentence = "这个时间已经过去了，请选以后的工作日。"


class TooFarAhead(NotBookable):
    """Later than can be booked yet."""

    code = "too_far_ahead"

    def __init__(self, detail: str, days: int) -> None:
        super().__init__(detail)
        self.sentence = f"现在只能约 {days} 天以内的时间，请选近一点的日子。"


class DayOff(NotBookable):
    """A weekend or a holiday."""

    code = "day_off"

    def __init__(self, detail: str, day: str, next_working: str) -> None:
        super().__init__(detail)
        self.sentence = f"{day}休息，不能约。最近的工作日是{next_working}，您看可以吗？"


class OutsideHours(NotBookable):
    """A working day, but not a time at which a slot begins."""

    code = "outside_hours"

    def __init__(self, detail: str, starts: str) -> None:
        super().__init__(detail)
        self.sentence = f"这一天可以约的时间是：{starts}。" if starts else "这一天没有安排值班，请换一天。"


class KindNotOffered(NotBookable):
    """The station does not serve people in this way."""

    code = "kind_not_offered"

    def __init__(self, detail: str, kind: str) -> None:
        super().__init__(detail)
        self.sentence = f"这里还没有开通{kind}预约，可以约窗口或者电话；行动不便的，请转人工安排。"


class KindUnknown(NotBookable):
    """No such kind of appointment."""

    code = "kind_unknown"
    sentence = "没有这种预约方式，可以约：窗口、延时、上门、电话、网上。"


class SlotUnknown(NotBookable):
    """Not the id of a slot."""

    code = "slot_unknown"
    sentence = "没有这个时段，请从可约的时间里选一个。"


class NotAccepting(NotBookable):
    """The station takes no applications (SR-106)."""

    code = "not_accepting"
    sentence = "这个站点只做咨询和转交，不受理申请；申请请约当地的法律援助中心。"


class ContactMissing(NotBookable):
    """A phone call needs a number, a visit an address."""

    code = "contact_missing"

    def __init__(self, detail: str, wanted: str) -> None:
        super().__init__(detail)
        self.sentence = f"还需要您的{wanted}，才能约。"


class AlreadyBooked(HotlineError):
    """One live appointment a conversation."""

    code = "already_booked"
    sentence = "您已经有一个预约了；要换时间请改期，不去了请先取消。"


class AppointmentUnknown(HotlineError):
    """No appointment of this caller has the number; another person's is not told apart from none."""

    code = "appointment_unknown"
    sentence = "没有查到这个预约，请核对预约号；换了手机或者窗口打开的，请转人工。"


class AppointmentOver(HotlineError):
    """It was cancelled, missed or kept already, or its time has come."""

    code = "appointment_over"
    sentence = "这个预约已经结束或者取消了，不能再动；需要的话可以重新约一个。"


class NotYetOver(HotlineError):
    """Nobody has missed what has not begun."""

    code = "not_yet_over"
    sentence = "还没到预约的时间，不能记为没来。"


class RequestReused(HotlineError):
    """The same Idempotency-Key came with another request."""

    code = "request_reused"
    sentence = "这个请求号已经用过，内容却不一样；请刷新页面后再试，之前办成的不受影响。"


class StationUnknown(NotFound):
    """No station by that id."""

    code = "station_unknown"
    sentence = "没有这个站点，请重新选一个，或者先拨 12348。"


class LawyerUnknown(NotFound):
    """No lawyer of the register by that licence."""

    code = "lawyer_unknown"
    sentence = "律师库里没有这位律师，请刷新以后重新选。"


class NumberTaken(HotlineError):
    """The drawn reference number is already in use; draw another."""

    code = "number_taken"


class AlreadyRated(HotlineError):
    """A service is rated once."""

    code = "already_rated"
    sentence = "这次服务您已经评价过了，谢谢您。"


class LedgerLocked(HotlineError):
    """The ledger row has been locked."""

    code = "ledger_locked"
    sentence = "这条台账已经锁定；确需更正，请先重新打开，系统会留痕。"


class LedgerIncomplete(HotlineError):
    """A row without topic, or without the right to apply having been told, is not locked."""

    code = "ledger_incomplete"
    sentence = "锁定前要补全：咨询类别，以及是否已告知有权申请法律援助（法律援助法第二十三条）。"


class UnknownWord(HotlineError):
    """A code that is on no list of ours; the detail names the field."""

    code = "unknown_word"
    sentence = "有一项填的不在可选范围内，没有保存，请重新选择。"


class WorkOrderTaken(HotlineError):
    """The work order is somebody else's, or it is over."""

    code = "work_order_taken"
    sentence = "这张工单已由其他工作人员办理，或者已经办结。"


class ComplaintState(HotlineError):
    """This step does not follow from where the complaint stands, or lacks its reason or answer."""

    code = "complaint_state"
    sentence = "现在不能这样办：请核对投诉的状态，不予受理、转送和答复都要写明理由或内容。"


class NoticeOutdated(HotlineError):
    """The notice has changed since it was read."""

    code = "notice_outdated"
    sentence = "个人信息告知有了新的版本，请重新看一遍再决定。"


class LoginRefused(HotlineError):
    """Wrong name or password, or too many tries."""

    code = "login_refused"
    sentence = "工号或密码不对，或尝试次数过多，请稍后再试。"


class NotPermitted(HotlineError):
    """The role of this login does not give what was asked for."""

    code = "not_permitted"

    def __init__(self, permission: Permission) -> None:
        super().__init__(permission)
        self.sentence = f"您的工号没有这项权限：{PERMISSION_WORDS[permission]}。需要的话，请找值班长。"


class OperatorUnknown(NotFound):
    """Nobody has that login."""

    code = "operator_unknown"
    sentence = "没有这个工号。"


class PasswordTooShort(HotlineError):
    """Too easily guessed."""

    code = "password_too_short"
    sentence = "口令太短，至少要 10 个字符。"


class ApplicationMoved(HotlineError):
    """The application is not, or no longer, where this act would be possible."""

    code = "application_moved"
    sentence = "这份申请现在的状态不能做这一步，可能别人刚刚处理过，请刷新后再看。"


class PersonNeeded(HotlineError):
    """Too much depends on who asks to go by a number and four digits."""

    code = "person_needed"
    sentence = (
        "为了您的安全，这一步要由工作人员和您本人确认后再办。请说「转人工」，或者拨打 12348；您办的事还在，没有变动。"
    )


class GuardianConsentMissing(HotlineError):
    """A child under fourteen: nothing that says who it is is kept without a guardian (个人信息保护法 第三十一条)."""

    code = "guardian_consent_missing"
    sentence = (
        "申请人不满十四周岁，要由父母或者其他监护人代为申请，并同意记录孩子的信息。监护人不在身边，或者就是他伤害了孩子，"
        "不用填这些：有危险请拨打 110，其他情况请说「转人工」或者拨打 12348，照样有人帮忙。"
    )


class SupplementAlreadyAsked(HotlineError):
    """What is missing is told once and completely: 法律援助法 第四十三条第二款."""

    code = "supplement_already_asked"
    sentence = "需要补充的材料应当一次性告知，这份申请已经告知过一次。"


class ReasonMissing(HotlineError):
    """An act of the agency without its reasons."""

    code = "reason_missing"
    sentence = "请写明理由和依据。"


class DayNotPossible(HotlineError):
    """A day that lies in the past, or too far ahead."""

    code = "day_not_possible"
    sentence = "这个日期不对：不能早于今天，也不能太远，请再核对。"


class DayInFuture(HotlineError):
    """Something that has happened cannot have happened tomorrow."""

    code = "day_in_future"
    sentence = "这个日期还没有到，请再核对一遍。您前面填的都还在。"


class ConsentMissing(HotlineError):
    """Nobody's name and phone are kept without their consent: 个人信息保护法 第十三条."""

    code = "consent_missing"
    sentence = "记录姓名和手机号要先经本人同意。不同意也可以照样咨询、预约，或者直接带材料去窗口申请。"


class EvidenceConsentMissing(ConsentMissing):
    """Proofs are sensitive: they are kept only after a separate yes (个人信息保护法 第二十九条)."""

    code = "evidence_consent_missing"
    sentence = (
        "上传材料要先经您单独同意：材料里可能有您和别人的隐私，会加密保存，只给审查的人看。不同意也可以到窗口递交。"
    )


class NameInvalid(HotlineError):
    """What was given as a name cannot be one."""

    code = "name_invalid"
    sentence = "姓名好像不对，请只写姓名，不要带数字和符号。您前面填的都还在。"


class PhoneInvalid(HotlineError):
    """No phone number of mainland China."""

    code = "phone_invalid"
    sentence = "这个号码好像不对，手机号是 11 位数字，座机请带区号。您前面填的都还在。"


class IdentityInvalid(HotlineError):
    """The number on an identity document cannot be right; the sentence says what to look at."""

    code = "identity_invalid"

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self.sentence = sentence


class LookupLocked(TooManyMessages):
    """Too many wrong tries to see an application today."""

    code = "lookup_locked"
    sentence = "今天输错的次数太多，为了保护申请人，先不能再查了。请转人工，或者拨打 12348。"


class ConfirmationMissing(HotlineError):
    """Somebody without the right to apply in the applicant's place sent it; the applicant has not confirmed it yet."""

    code = "confirmation_missing"
    sentence = "这份申请是别人代为联系的，要先由申请人本人（或者法定代理人）确认，才能作决定。"


class FileTooLarge(HotlineError):
    """More than ten megabytes."""

    code = "file_too_large"
    sentence = "文件超过 10MB，没有收。请拍成照片，或者分成几个再传。您前面传的都还在。"


class FileTypeRefused(HotlineError):
    """Neither a picture nor a PDF; the sentence says what it is and what to do."""

    code = "file_type_refused"

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self.sentence = sentence


class FileBroken(HotlineError):
    """It cannot be opened."""

    code = "file_broken"
    sentence = "这个文件打不开，可能没有传完整，请再传一次，或者重新拍照。您前面传的都还在。"


class PictureTooLarge(HotlineError):
    """More pixels than any camera of a phone takes: a bomb, or a poster."""

    code = "picture_too_large"
    sentence = "这张图片的尺寸太大，没有收。请用手机重新拍一张再传。您前面传的都还在。"


class FileInfected(HotlineError):
    """The scanner found something in it."""

    code = "file_infected"
    sentence = "这个文件查出了病毒，没有收。请重新拍照再传。您前面传的都还在。"


class TooManyFiles(HotlineError):
    """More files than a case has."""

    code = "too_many_files"
    sentence = "材料已经传了 40 份，不能再传了。还有别的，请带到窗口，或者转人工。"


class ArticleNotAtHand(NotFound):
    """The text of this article is not stored, or nothing of it is in force today."""

    code = "article_not_at_hand"
    sentence = "这一条的原文现在手边没有。可以转人工问一问，或者拨打 12348。"
