"""One sound row of each aggregate, to be changed where a test needs it."""

from datetime import timedelta
from uuid import UUID

from hotline.applications import Application
from hotline.appointments import Appointment
from hotline.conversations import Event, Progress, Speaker
from tests.conftest import MONDAY_MORNING

NOW = MONDAY_MORNING
STATION = "340104-center"
TOMORROW = NOW + timedelta(days=1)


def message(
    conversation_id: UUID, seq: int, words: str = "老板不发工资", progress: Progress = Progress.PENDING
) -> Event:
    """What a citizen said."""
    blocks = [{"type": "text", "text": words}]
    return Event(
        conversation_id,
        seq,
        "message",
        Speaker.CITIZEN,
        NOW,
        blocks,
        client_msg_id=f"m{seq}",
        progress=progress,
    )


def appointment(conversation_id: UUID, key: str, number: str = "AP2026112300010") -> Appointment:
    """Tomorrow at nine."""
    return Appointment(number, conversation_id, STATION, TOMORROW, NOW, key)


def application(
    conversation_id: UUID, key: str, name: str = "申请人甲", phone: str = "13800000000", number: str = "YX202611230001C"
) -> Application:
    """An application about wages."""
    return Application(
        number=number,
        conversation_id=conversation_id,
        agency="合肥市蜀山区法律援助中心",
        region="340104",
        matter="M05A",
        outcome="likely",
        facts={"matter": "M05A", "migrant_worker": True},
        applicant_name=name,
        applicant_phone=phone,
        phone_tail=phone[-4:],
        submitted_at=NOW,
        idempotency_key=key,
    )
