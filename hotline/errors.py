"""What can go wrong in the service, each with a stable code and a sentence for the citizen or the operator."""


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
    """The time lies in the past, outside opening hours or on a day off."""

    code = "not_bookable"
    sentence = "这个时间不能预约，请选工作日的窗口时间。"


class NumberTaken(HotlineError):
    """The drawn reference number is already in use; draw another."""

    code = "number_taken"


class AlreadyRated(HotlineError):
    """A service is rated once."""

    code = "already_rated"
    sentence = "这次服务您已经评价过了，谢谢您。"


class LoginRefused(HotlineError):
    """Wrong name or password, or too many tries."""

    code = "login_refused"
    sentence = "工号或密码不对，或尝试次数过多，请稍后再试。"
