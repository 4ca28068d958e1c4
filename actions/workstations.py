"""Where to go."""

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, HotlineAction, set_slots
from actions.facts import facts_from, notice
from hotline import workstations
from hotline.workstations import Purpose


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
        found = workstations.match(purpose, facts.region, facts.matter, safe_region=safe_region)
        stations = [
            {
                "id": one.station.id,
                "name": one.station.name,
                "address": one.station.address,
                "phone": one.station.phone,
                "hours": one.station.hours,
                "why": one.why,
                "verified": one.station.verified,
            }
            for one in found
        ]
        lines = [
            f"{one['name']}：{one['address'] or '地址电话待核，请先拨 12348 核实'}。{one['why']}" for one in stations
        ]
        dispatcher.utter_message(
            response="utter_workstations",
            json_message={"type": "workstation", "stations": stations},
            stations="\n".join(lines),
        )
        self.note(tracker, region=facts.region, disposition="referred")
        if any(one.ask_safe_place for one in found):
            dispatcher.utter_message(response="utter_ask_safe_region")
            return set_slots(**noticed, journey="referral", asking="safe_region")
        noticed["safe_region"] = safe_region
        return set_slots(**noticed, journey="none", asking=None)
