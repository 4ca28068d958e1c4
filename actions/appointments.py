"""Booking, changing and cancelling a time at a window."""

from datetime import date, datetime, time, timedelta
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, HotlineAction, conversation_id, intent_of, request_key, set_slots
from actions.facts import facts_from, notice
from eligibility import assess
from hotline import appointments, consultations, workstations
from hotline.appointments import Appointment, AppointmentChange, Part, Slot, Wish
from hotline.clock import SHANGHAI, day_in_words, in_words, local
from hotline.errors import NotBookable, SlotTaken
from store.unit_of_work import SqlUnitOfWork

PARTS = {"morning": Part.MORNING, "afternoon": Part.AFTERNOON}
CONFIRMED = {"booked": ("utter_appointment_booked", "confirmed"), "changed": ("utter_appointment_changed", "changed")}
OTHER_JOURNEYS = ("eligibility", "application", "progress", "referral", "complaint", "rating")
BRING = ("身份证或其他有效身份证明", "与事情有关的材料")


class ActionBookAppointment(HotlineAction):
    """Find out where and when, then book; with a booking already there, move it."""

    def name(self) -> str:
        """Called on request and for each answer while booking."""
        return "action_book_appointment"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Ask for the place, then the time, one at a time."""
        if intent_of(tracker) in ("deny", "refuse"):
            dispatcher.utter_message(response="utter_journey_ended")
            return set_slots(journey="none", asking=None)
        noticed = notice(tracker)
        facts = facts_from(tracker, noticed)
        wish = self._wish(tracker)
        with self.services.open_uow() as uow:
            booked = uow.appointments.live_for(conversation_id(tracker))
            done = self._done(uow, tracker)
            if booked is not None and done is not None:  # this very message was acted upon, and the answer was lost
                self._confirm(dispatcher, tracker, booked, done.act)
                return set_slots(**noticed, journey="none", asking=None)
            if booked is not None and intent_of(tracker) == "book_appointment" and wish is None:
                dispatcher.utter_message(response="utter_appointment_exists", **self._words(booked))
                return set_slots(**noticed)
            if booked is None and facts.region is None:
                dispatcher.utter_message(response="utter_ask_region")
                return set_slots(**noticed, journey="booking", asking="region")
            if wish is None:
                dispatcher.utter_message(response="utter_ask_appointment_time")
                return set_slots(**noticed, journey="booking", asking="appointment_time")
            region = tracker.get_slot("safe_region") or facts.region
            station_id = booked.station_id if booked else workstations.centre_for(str(region)).id
            return set_slots(**noticed) + self._settle(dispatcher, tracker, uow, booked, station_id, wish)

    def _settle(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        uow: SqlUnitOfWork,
        booked: Appointment | None,
        station_id: str,
        wish: Wish,
    ) -> Events:
        """Take the first slot that fits; if none does, offer the nearest ones."""
        now = self.services.now()
        for slot in appointments.free_slots(uow, station_id, wish, now):
            try:
                if booked is None:
                    booked = self._book(uow, tracker, slot, now)
                    self._confirm(dispatcher, tracker, booked, "booked")
                else:
                    appointments.change(uow, booked, slot, request_key(tracker, "change"), now)
                    self._confirm(dispatcher, tracker, booked, "changed")
            except (SlotTaken, NotBookable):
                continue
            consultations.note(uow, uow.conversations.get(conversation_id(tracker)), now, disposition="booked")
            return set_slots(journey="none", asking=None)
        offers = appointments.next_free_slots(uow, station_id, wish, now)
        buttons = [_offer(slot) for slot in offers] + [{"title": "转人工", "payload": "/request_human"}]
        dispatcher.utter_message(response="utter_no_slot", wish=_wish_in_words(wish), buttons=buttons)
        return set_slots(journey="booking", asking="appointment_time")

    def _book(self, uow: SqlUnitOfWork, tracker: Tracker, slot: Slot, now: datetime) -> Appointment:
        purpose = "apply" if tracker.get_slot("assessment_outcome") == "likely" else "consult"
        key = request_key(tracker, "book")
        return appointments.book(uow, conversation_id(tracker), slot, key, now, purpose, tracker.get_slot("matter"))

    @staticmethod
    def _done(uow: SqlUnitOfWork, tracker: Tracker) -> AppointmentChange | None:
        acts = (uow.appointments.change_by_key(request_key(tracker, step)) for step in ("book", "change"))
        return next((act for act in acts if act is not None), None)

    def _confirm(self, dispatcher: CollectingDispatcher, tracker: Tracker, booked: Appointment, act: str) -> None:
        response, status = CONFIRMED[act]
        bring = self._bring(tracker)
        note = workstations.station(booked.station_id).note or ""
        block = {
            "type": "appointment",
            "status": status,
            "starts_at": local(booked.starts_at).isoformat(),
            "bring": bring,
            "note": note,
        }
        words = self._words(booked)
        dispatcher.utter_message(response=response, json_message={**block, **words}, bring="、".join(bring), **words)

    def _bring(self, tracker: Tracker) -> list[str]:
        facts = facts_from(tracker)
        if facts.matter is None:
            return list(BRING)
        return list(assess(facts, self.services.today(), self.services.law).materials) or list(BRING)

    @staticmethod
    def _words(booked: Appointment) -> dict[str, str]:
        station = workstations.station(booked.station_id)
        return {"number": booked.number, "when": in_words(booked.starts_at), "station": station.name}

    @staticmethod
    def _wish(tracker: Tracker) -> Wish | None:
        """When the citizen wants to come, from a pressed slot or from words."""
        for entity in tracker.latest_message.get("entities") or []:
            if entity["entity"] == "slot_start":
                start = local(datetime.fromisoformat(str(entity["value"])))
                return Wish(start.date(), start.date(), clock=start.time())
            if entity["entity"] == "date":
                return _wish_from(entity["value"])
        return None


class ActionChangeAppointment(ActionBookAppointment):
    """Move the booking, or say that there is none."""

    def name(self) -> str:
        """Called for `change_appointment`."""
        return "action_change_appointment"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Without a booking there is nothing to move: offer to make one."""
        with self.services.open_uow() as uow:
            booked = uow.appointments.live_for(conversation_id(tracker))
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
        key = request_key(tracker, "cancel")
        with self.services.open_uow() as uow:
            done = uow.appointments.change_by_key(key)  # a repeat of this very message tells the same again
            live = uow.appointments.live_for(conversation_id(tracker))
            booked = uow.appointments.get(done.appointment_id) if done else live
            ending = tracker.get_slot("journey") not in (None, "none", "safety")
            meant_elsewhere = tracker.get_slot("journey") in OTHER_JOURNEYS and "预约" not in _said(tracker)
            if booked is None or (done is None and meant_elsewhere):
                dispatcher.utter_message(response="utter_journey_ended" if ending else "utter_no_appointment")
            else:
                appointments.cancel(uow, booked, key, self.services.now())
                words = ActionBookAppointment._words(booked)
                block = {
                    "type": "appointment",
                    "status": "cancelled",
                    "starts_at": local(booked.starts_at).isoformat(),
                    "bring": [],
                }
                dispatcher.utter_message(
                    response="utter_appointment_cancelled", json_message={**block, **words}, **words
                )
        return set_slots(journey="none", asking=None)


def _said(tracker: Tracker) -> str:
    return str(tracker.latest_message.get("text") or "")


def _wish_from(value: dict[str, Any]) -> Wish:
    clock = time.fromisoformat(value["time"]) if value.get("time") else None
    part = None if clock else PARTS.get(str(value.get("part")))
    return Wish(date.fromisoformat(value["from"]), date.fromisoformat(value["to"]), part, clock)


def _offer(slot: Slot) -> dict[str, str]:
    start = slot.starts_at.astimezone(SHANGHAI).isoformat()
    return {"title": in_words(slot.starts_at), "payload": f'/inform{{"slot_start": "{start}"}}'}


def _wish_in_words(wish: Wish) -> str:
    half = {Part.MORNING: "上午", Part.AFTERNOON: "下午", None: ""}[wish.part]
    if wish.last - wish.first > timedelta(0):
        return f"{day_in_words(wish.first)}到{day_in_words(wish.last)}{half}"
    return f"{day_in_words(wish.first)}{half}"
