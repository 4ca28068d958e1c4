"""Where to go."""

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, HotlineAction, set_slots
from actions.facts import facts_from, notice
from hotline import workstations


class ActionReferToWorkstation(HotlineAction):
    """Name one to three places, why each, and what is not verified about them."""

    def name(self) -> str:
        """Called for `find_workstation`, and for the region asked for on the way."""
        return "action_refer_to_workstation"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Without a region ask for it; never guess one."""
        noticed = notice(tracker)
        facts = facts_from(tracker, noticed)
        if facts.region is None:
            dispatcher.utter_message(response="utter_ask_region")
            return set_slots(**noticed, journey="referral", asking="region")
        purpose = "apply" if tracker.get_slot("assessment_outcome") in ("likely", "review") else "consult"
        found = workstations.match(purpose, facts.region, facts.matter)
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
        if facts.matter == "N04":
            dispatcher.utter_message(response="utter_which_place_is_safe")
        self.note(tracker, region=facts.region, disposition="referred")
        return set_slots(**noticed, journey="none", asking=None)
