"""Where to go."""

from datetime import datetime
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, HotlineAction, set_slots
from actions.facts import facts_from, notice
from eligibility import Facts, assess
from hotline.appointments import BRING
from hotline.workstations_matching import Purpose, Recommendation, Search, match


class ActionReferToWorkstation(HotlineAction):
    """Name one to three places, why each, and what is not verified about them."""

    def name(self) -> str:
        """Called for `find_workstation`, and for the region asked for on the way."""
        return "action_refer_to_workstation"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Without a region ask for it; never guess one."""
        noticed = notice(tracker)
        safe_region = tracker.get_slot("safe_region")
        if tracker.get_slot("asking") == "safe_region":  # where it is safe to go is not where it happened
            safe_region = noticed.pop("region", None) or safe_region
        facts = facts_from(tracker, noticed)
        if facts.region is None:
            dispatcher.utter_message(response="utter_ask_region")
            return set_slots(**noticed, journey="referral", asking="region")
        purpose: Purpose = "apply" if tracker.get_slot("assessment_outcome") in ("likely", "review") else "consult"
        now = self.services.now()
        with self.services.open_uow() as uow:
            search = Search(purpose, facts.region, facts.matter, groups_of(facts), safe_region)
            found = match(uow, search, now)
        bring = self._bring(facts) if purpose == "apply" else list(BRING)
        lines = [station_words(one, now) for one in found]
        if not any(one.ask_safe_place for one in found):
            lines.append(f"去的时候带上：{'、'.join(bring)}。")
        dispatcher.utter_message(
            response="utter_workstations",
            json_message={
                "type": "workstation",
                "stations": [station_block(one, now) for one in found],
                "bring": bring,
            },
            stations="\n".join(lines),
        )
        named = [one.station.id for one in found]
        self.note(tracker, region=facts.region, disposition="referred", referred_to=named)
        if any(one.ask_safe_place for one in found):
            dispatcher.utter_message(response="utter_ask_safe_region")
            return set_slots(**noticed, journey="referral", asking="safe_region")
        noticed["safe_region"] = safe_region
        return set_slots(**noticed, journey="none", asking=None)

    def _bring(self, facts: Facts) -> list[str]:
        return list(assess(facts, self.services.today(), self.services.law).materials) or list(BRING)


def groups_of(facts: Facts) -> frozenset[str]:
    """The groups whose stations and hints concern this caller."""
    told = {
        "migrant_worker": facts.migrant_worker,
        "disabled": facts.disabled,
        "mobility_impaired": facts.mobility_impaired,
        "foreign_national": facts.foreign_national,
        "organisation": facts.organisation,
        "detained": facts.detained,
        "minor": facts.age is not None and facts.age < 18,
        "elderly": facts.age is not None and facts.age >= 80,
        "soldier_family": facts.military_status in ("soldier", "military_family", "bereaved_family"),
        "veteran": facts.military_status == "veteran",
    }
    return frozenset(group for group, is_so in told.items() if is_so)


def station_block(one: Recommendation, at: datetime) -> dict[str, Any]:
    """A recommended station as the page and the API show it; None means 待核."""
    station, opening = one.station, one.station.opening(at)
    return {
        "id": station.id,
        "name": station.name,
        "address": station.where(at),
        "phone": station.phone,
        "hours": station.hours,
        "why": one.why,
        "verified": station.verified,
        "opening": opening.words if opening else None,
        "open_now": opening.open_now if opening else None,
        "access": station.access,
        "map": station.map_link,
        "km": round(one.km, 1) if one.km is not None else None,
    }


def station_words(one: Recommendation, at: datetime) -> str:
    """The same in a line or two: name, where, when, why."""
    shown = station_block(one, at)
    place = shown["address"] or (f"电话 {shown['phone']}" if shown["phone"] else "地址电话待核，请先拨 12348 核实")
    parts = [f"{shown['name']}：{place}"]
    if shown["address"] and shown["phone"]:
        parts.append(f"电话 {shown['phone']}")
    parts += [part for part in (shown["opening"], shown["access"]) if part]
    if shown["km"] is not None:
        parts.append(f"离您约 {shown['km']} 公里")
    return "，".join(parts) + f"。{one.why}"
