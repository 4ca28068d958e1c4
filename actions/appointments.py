"""Booking, changing and cancelling a time at a window."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, HotlineAction, Services, conversation_id, intent_of, request_key, set_slots
from actions.facts import facts_from, notice
from eligibility import assess
from hotline import appointments, appointments_reach, consultations, workstations
from hotline import appointments_waiting as waiting
from hotline.applicants import read_phone
from hotline.appointments import BRING, Appointment, AppointmentChange, AppointmentStatus, Contact, Request
from hotline.appointments_slots import (
    Kind,
    Part,
    Slot,
    Wish,
    free_slots,
    next_free_slots,
    offers_kind,
    serves_on,
)
from hotline.clock import SHANGHAI, day_in_words, in_words, local
from hotline.errors import NotBookable, PhoneInvalid, SlotTaken
from hotline.workstations_matching import PROTECTED_FROM_VIOLENCE
from store.unit_of_work import SqlUnitOfWork

PERSON = {"title": "转人工", "payload": "/request_human"}
LONGEST_ADDRESS = 200
PARTS = {"morning": Part.MORNING, "afternoon": Part.AFTERNOON}
BOOKED = {
    Kind.WINDOW: "utter_appointment_booked",
    Kind.EXTENDED: "utter_appointment_booked",
    Kind.VISIT: "utter_visit_booked",
    Kind.PHONE: "utter_call_booked",
    Kind.ONLINE: "utter_online_booked",
}
# What people say when they do not want to come to the window.
KIND_SAID = (
    (Kind.VISIT, "上门|来我家|到我家|来家里"),
    (Kind.PHONE, "电话(?:咨询|预约|里|上|聊|沟通|谈)|(?:打|回)个?电话给我|给我(?:打|回)个?电话|回电"),
    (Kind.ONLINE, "网上|线上|视频"),
    (Kind.EXTENDED, "延时|下班(?:以?后)|晚上"),
)
ASKED_FOR = {Kind.PHONE: ("appointment_phone",), Kind.VISIT: ("appointment_phone", "appointment_address")}
ENDED = {
    "journey": "none",
    "asking": None,
    "appointment_kind": None,
    "appointment_wish": None,
    "appointment_phone": None,
    "appointment_address": None,
}
"""Telephone and address are kept no longer than the journey that asked for them."""
REMINDER_PHONE = "reminder_phone"
"""What `asking` says after a booking; `journey` is over by then, so that whatever else is said is not held up by it."""
MEANS_THE_BOOKING = "^/|取消|预约|不去|去不|来不|不来|候补"
OTHER_JOURNEYS = ("eligibility", "application", "progress", "change", "referral", "complaint", "rating")


class ActionBookAppointment(HotlineAction):
    """Find out where and when, then book; with a booking already there, move it."""

    def name(self) -> str:
        """Called on request and for each answer while booking."""
        return "action_book_appointment"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Ask for the place, for a call or a visit how to reach the caller, then for the time; one at a time."""
        if intent_of(tracker) in ("deny", "refuse"):
            dispatcher.utter_message(response="utter_journey_ended")
            return set_slots(**ENDED)
        noticed = notice(tracker)
        safe_region = tracker.get_slot("safe_region")
        if tracker.get_slot("asking") == "safe_region":  # where it is safe to go is not where it happened
            safe_region = noticed.pop("region", None) or safe_region
            noticed["safe_region"] = safe_region
        facts = facts_from(tracker, noticed)
        wish = _wish_in(tracker)
        with self.services.open_uow() as uow:
            booked = appointments.current(uow, conversation_id(tracker), self.services.now())
            done = self._done(uow, tracker)
            if booked is not None and done is not None:  # this very message was acted upon, and the answer was lost
                return set_slots(**noticed) + self._tell(dispatcher, tracker, uow, booked, done.act)
            if booked is not None and intent_of(tracker) == "book_appointment" and wish is None:
                dispatcher.utter_message(response="utter_appointment_exists", **_words(uow, booked))
                return set_slots(**noticed)
            order = _order_in(tracker)
            if booked is None and facts.region is None:
                dispatcher.utter_message(response="utter_ask_region")
                return set_slots(**noticed, **order, journey="booking", asking="region")
            if booked is None and facts.matter in PROTECTED_FROM_VIOLENCE and safe_region is None:
                dispatcher.utter_message(response="utter_ask_safe_region")
                return set_slots(**noticed, **order, journey="booking", asking="safe_region")
            wish = wish or _wish_read(order["appointment_wish"])
            if booked is not None:
                station_id = booked.station_id
            else:
                station_id = workstations.centre_for(uow, str(safe_region or facts.region)).id
                if (asking := self._ask(dispatcher, tracker, uow, station_id, order)) is not None:
                    return set_slots(**noticed, **order) + asking
            if wish is None:
                dispatcher.utter_message(response="utter_ask_appointment_time")
                return set_slots(**noticed, **order, journey="booking", asking="appointment_time")
            if _wants_to_wait(tracker):
                return set_slots(**noticed) + self._wait(dispatcher, tracker, uow, station_id, wish, order)
            return set_slots(**noticed, **order) + self._settle(
                dispatcher, tracker, uow, booked, station_id, wish, order
            )

    def _ask(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        uow: SqlUnitOfWork,
        station_id: str,
        order: dict[str, Any],
    ) -> Events | None:
        """Ask for what a call or a visit needs; None when nothing is missing."""
        kind = Kind(order["appointment_kind"])
        if not offers_kind(uow, station_id, kind):
            others = [one for one in (Kind.WINDOW, Kind.PHONE) if one is not kind and offers_kind(uow, station_id, one)]
            buttons = [_other_kind(one) for one in others] + [PERSON]
            dispatcher.utter_message(response="utter_kind_not_offered", kind=kind.words, buttons=buttons)
            return set_slots(journey="booking", asking="appointment_time", appointment_kind=Kind.WINDOW)
        for item in ASKED_FOR.get(kind, ()):
            if not order[item]:
                if tracker.get_slot("asking") == item == "appointment_phone":
                    dispatcher.utter_message(response="utter_phone_not_understood")
                dispatcher.utter_message(response=f"utter_ask_{item}")
                return set_slots(journey="booking", asking=item)
        return None

    def _settle(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        uow: SqlUnitOfWork,
        booked: Appointment | None,
        station_id: str,
        wish: Wish,
        order: dict[str, Any],
    ) -> Events:
        """Take the first slot that fits; if none does, offer the nearest ones."""
        now = self.services.now()
        kind = booked.kind if booked is not None else Kind(order["appointment_kind"])
        if booked is not None and booked.status is AppointmentStatus.HELD and _means(wish, booked):
            appointments.confirm(uow, booked, request_key(tracker, "confirm"), now)
            return self._booked(dispatcher, tracker, uow, booked, "confirmed")
        for slot in free_slots(uow, station_id, wish, now, kind=kind):
            try:
                if booked is None:
                    return self._booked(dispatcher, tracker, uow, self._book(uow, tracker, slot, order), "booked")
                appointments.change(uow, booked, slot, request_key(tracker, "change"), now)
                return self._booked(dispatcher, tracker, uow, booked, "changed")
            except (SlotTaken, NotBookable):
                continue
        offers = next_free_slots(uow, station_id, wish, now, kind=kind)
        buttons = [_offer(slot) for slot in offers]
        if serves_on(uow, station_id, wish, now, kind):  # all taken, not closed: a place may be given back
            buttons.append({"title": "有空位告诉我", "payload": _waiting_payload(wish)})
        buttons.append(PERSON)
        dispatcher.utter_message(response="utter_no_slot", wish=_wish_in_words(wish), buttons=buttons)
        return set_slots(journey="booking", asking="appointment_time")

    def _booked(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, uow: SqlUnitOfWork, booked: Appointment, act: str
    ) -> Events:
        conversation = uow.conversations.get(conversation_id(tracker))
        consultations.note(uow, conversation, self.services.now(), disposition="booked")
        return self._tell(dispatcher, tracker, uow, booked, act)

    def _tell(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, uow: SqlUnitOfWork, booked: Appointment, act: str
    ) -> Events:
        """Say what is booked; the place is sure already when a phone is asked for, and nothing depends on the reply."""
        self._confirm(dispatcher, tracker, uow, booked, act)
        if act == "changed" or not appointments_reach.wants_phone(uow, booked):
            return set_slots(**ENDED)
        if _phone_in(tracker) and _keep_phone(dispatcher, tracker, uow, booked, self.services.now()):
            return set_slots(**ENDED)
        dispatcher.utter_message(response="utter_ask_reminder_phone")
        return set_slots(**{**ENDED, "asking": REMINDER_PHONE})

    def _book(self, uow: SqlUnitOfWork, tracker: Tracker, slot: Slot, order: dict[str, Any]) -> Appointment:
        purpose = "apply" if tracker.get_slot("assessment_outcome") == "likely" else "consult"
        told = {item: order[item] for item in ASKED_FOR.get(slot.kind, ())}
        contact = Contact(phone=told["appointment_phone"], address=told.get("appointment_address")) if told else None
        request = Request(slot, purpose, tracker.get_slot("matter"), contact)
        return appointments.book(
            uow, conversation_id(tracker), request, request_key(tracker, "book"), self.services.now()
        )

    def _wait(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        uow: SqlUnitOfWork,
        station_id: str,
        wish: Wish,
        order: dict[str, Any],
    ) -> Events:
        """Put the citizen on the waiting list; whoever has a booking keeps it."""
        matter, kind = tracker.get_slot("matter"), Kind(order["appointment_kind"])
        waiting.join(uow, conversation_id(tracker), station_id, wish, self.services.now(), kind, matter=matter)
        dispatcher.utter_message(response="utter_waiting_for_place", wish=_wish_in_words(wish))
        return set_slots(**ENDED)

    @staticmethod
    def _done(uow: SqlUnitOfWork, tracker: Tracker) -> AppointmentChange | None:
        acts = (uow.appointments.change_by_key(request_key(tracker, step)) for step in ("book", "change", "confirm"))
        return next((act for act in acts if act is not None), None)

    def _confirm(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, uow: SqlUnitOfWork, booked: Appointment, act: str
    ) -> None:
        response, status = BOOKED[booked.kind], "confirmed"
        if act == "changed":
            at_the_door = booked.kind in (Kind.WINDOW, Kind.EXTENDED)
            response, status = "utter_appointment_changed" if at_the_door else "utter_appointment_moved", "changed"
        bring = self._bring(tracker)
        block = {
            "type": "appointment",
            "status": status,
            "kind": booked.kind.value,
            "starts_at": local(booked.starts_at).isoformat(),
            "bring": bring,
            "note": workstations.station(uow, booked.station_id).note or "",
        }
        words = _words(uow, booked)
        dispatcher.utter_message(response=response, json_message={**block, **words}, bring="、".join(bring), **words)

    def _bring(self, tracker: Tracker) -> list[str]:
        facts = facts_from(tracker)
        if facts.matter is None:
            return list(BRING)
        return list(assess(facts, self.services.today(), self.services.law).materials) or list(BRING)


class ActionChangeAppointment(ActionBookAppointment):
    """Move the booking, or say that there is none."""

    def name(self) -> str:
        """Called for `change_appointment`."""
        return "action_change_appointment"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Without a booking there is nothing to move: offer to make one."""
        with self.services.open_uow() as uow:
            booked = appointments.current(uow, conversation_id(tracker), self.services.now())
        if booked is None:
            dispatcher.utter_message(response="utter_no_appointment")
            return []
        return super().answer(dispatcher, tracker)


class ActionCancelAppointment(HotlineAction):
    """Free the place."""

    def name(self) -> str:
        """Called for `cancel_appointment`."""
        return "action_cancel_appointment"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """In the middle of something else, 取消 ends that; otherwise it cancels the booking."""
        if tracker.get_slot("asking") == REMINDER_PHONE and not re.search(MEANS_THE_BOOKING, _said(tracker)):
            heard = hear_reminder_phone(self.services, dispatcher, tracker)  # 不用了: the phone, not the time
            if heard is not None:
                return heard
        key = request_key(tracker, "cancel")
        with self.services.open_uow() as uow:
            done = uow.appointments.change_by_key(key)  # a repeat of this very message tells the same again
            live = appointments.current(uow, conversation_id(tracker), self.services.now())
            booked = uow.appointments.get(done.appointment_id) if done else live
            ending = tracker.get_slot("journey") not in (None, "none", "safety")
            meant_elsewhere = tracker.get_slot("journey") in OTHER_JOURNEYS and "预约" not in _said(tracker)
            if "候补" in _said(tracker):  # a booking for another time stays
                waiting.leave(uow, conversation_id(tracker))
                dispatcher.utter_message(response="utter_waiting_left")
            elif booked is None or (done is None and meant_elsewhere):
                dispatcher.utter_message(response="utter_journey_ended" if ending else "utter_no_appointment")
            else:
                appointments.cancel(uow, booked, key, self.services.now())
                words = _words(uow, booked)
                block = {
                    "type": "appointment",
                    "status": "cancelled",
                    "starts_at": local(booked.starts_at).isoformat(),
                    "bring": [],
                }
                dispatcher.utter_message(
                    response="utter_appointment_cancelled", json_message={**block, **words}, **words
                )
        return set_slots(**ENDED)


def hear_reminder_phone(services: Services, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events | None:
    """Keep the phone that was asked for after a booking, or take the no; None if the message is about something else."""
    declined = intent_of(tracker) in ("deny", "refuse", "dont_know", "cancel_appointment")
    meant = intent_of(tracker) == "affirm" or re.search(r"\d{5}", _said(tracker))
    with services.open_uow() as uow:
        booked = appointments.current(uow, conversation_id(tracker), services.now())
        if booked is None or not (declined or meant or _phone_in(tracker)):
            return None
        if _phone_in(tracker):
            kept = _keep_phone(dispatcher, tracker, uow, booked, services.now())
            return set_slots(asking=None) if kept else []
        if declined:
            dispatcher.utter_message(response="utter_reminder_phone_declined", number=booked.number)
            return set_slots(asking=None)
    if intent_of(tracker) != "affirm":
        dispatcher.utter_message(response="utter_phone_not_understood")
    dispatcher.utter_message(response="utter_ask_reminder_phone")
    return []


def _keep_phone(
    dispatcher: CollectingDispatcher, tracker: Tracker, uow: SqlUnitOfWork, booked: Appointment, now: datetime
) -> bool:
    try:
        phone = read_phone(str(_phone_in(tracker)))
    except PhoneInvalid:
        dispatcher.utter_message(response="utter_phone_not_understood")
        return False
    appointments.leave_phone(uow, booked, phone, now)
    dispatcher.utter_message(response="utter_reminder_phone_kept", tail=phone[-4:], number=booked.number)
    return True


def _phone_in(tracker: Tracker) -> str | None:
    entities = tracker.latest_message.get("entities") or []
    return next((str(one["value"]) for one in entities if one["entity"] == "phone"), None)


def _said(tracker: Tracker) -> str:
    return str(tracker.latest_message.get("text") or "")


def _words(uow: SqlUnitOfWork, booked: Appointment) -> dict[str, str]:
    station = workstations.station(uow, booked.station_id)
    return {"number": booked.number, "when": in_words(booked.starts_at), "station": station.name}


def _wish_in(tracker: Tracker) -> Wish | None:
    """When the citizen wants to come, from a pressed slot, a wish to wait for, or words."""
    for entity in tracker.latest_message.get("entities") or []:
        if entity["entity"] == "slot_start":
            start = local(datetime.fromisoformat(str(entity["value"])))
            return Wish(start.date(), start.date(), clock=start.time())
        if entity["entity"] == "waiting_for":
            return _wish_read(str(entity["value"]))
        if entity["entity"] == "date":
            return _wish_from(entity["value"])
    return None


def _order_in(tracker: Tracker) -> dict[str, Any]:
    """What has been ordered so far: how, when, and for a call or a visit how to reach the caller."""
    entities = {one["entity"]: str(one["value"]) for one in tracker.latest_message.get("entities") or []}
    text = "" if tracker.get_slot("asking") == "appointment_address" else _said(tracker)
    said = next((kind for kind, words in KIND_SAID if re.search(words, text)), None)
    kind = Kind(entities.get("appointment_kind") or said or tracker.get_slot("appointment_kind") or Kind.WINDOW)
    address = tracker.get_slot("appointment_address")
    if tracker.get_slot("asking") == "appointment_address" and intent_of(tracker) == "inform":
        address = _said(tracker).strip()[:LONGEST_ADDRESS] or None
    wish = _wish_in(tracker)
    return {
        "appointment_kind": kind.value,
        "appointment_wish": _wish_written(wish) if wish else tracker.get_slot("appointment_wish"),
        "appointment_phone": (entities.get("phone") if kind in ASKED_FOR else None)
        or tracker.get_slot("appointment_phone"),
        "appointment_address": address,
    }


def _wish_written(wish: Wish) -> str:
    clock = f"{wish.clock:%H:%M}" if wish.clock else ""
    return f"{wish.first}/{wish.last}/{wish.part or ''}/{clock}"


def _wish_read(written: str | None) -> Wish | None:
    if not written:
        return None
    first, last, part, clock = written.split("/")
    return Wish(
        date.fromisoformat(first),
        date.fromisoformat(last),
        PARTS.get(part),
        time.fromisoformat(clock) if clock else None,
    )


def _other_kind(kind: Kind) -> dict[str, str]:
    return {"title": f"约{kind.words}", "payload": f'/book_appointment{{"appointment_kind": "{kind}"}}'}


def _wants_to_wait(tracker: Tracker) -> bool:
    return any(entity["entity"] == "waiting_for" for entity in tracker.latest_message.get("entities") or [])


def _means(wish: Wish, booked: Appointment) -> bool:
    there = local(booked.starts_at)
    return wish.first == wish.last == there.date() and wish.clock in (None, there.time())


def _wish_from(value: dict[str, Any]) -> Wish:
    clock = time.fromisoformat(value["time"]) if value.get("time") else None
    part = None if clock else PARTS.get(str(value.get("part")))
    return Wish(date.fromisoformat(value["from"]), date.fromisoformat(value["to"]), part, clock)


def _offer(slot: Slot) -> dict[str, str]:
    start = slot.starts_at.astimezone(SHANGHAI).isoformat()
    return {"title": in_words(slot.starts_at), "payload": f'/inform{{"slot_start": "{start}"}}'}


def _waiting_payload(wish: Wish) -> str:
    return f'/inform{{"waiting_for": "{_wish_written(wish)}"}}'


def _wish_in_words(wish: Wish) -> str:
    half = {Part.MORNING: "上午", Part.AFTERNOON: "下午", None: ""}[wish.part]
    if wish.last - wish.first > timedelta(0):
        return f"{day_in_words(wish.first)}到{day_in_words(wish.last)}{half}"
    return f"{day_in_words(wish.first)}{half}"
