"""点援: the lawyers of a place whom an applicant may ask for by name, where the agency offers that."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.gateway import TheGateway
from hotline import lawyers

router = APIRouter(prefix="/v1/lawyers", tags=["lawyers"])

NOTE = (
    "您可以说希望由哪位律师办理，这是意愿。由谁办理，以法律援助机构的决定为准。想问清楚，可以转人工，或者拨打 12348。"
)
NOBODY = "这个地方现在没有可以点选的律师。您照样可以申请，由法律援助机构指派。想问清楚，可以转人工，或者拨打 12348。"


class ChoiceOut(BaseModel):
    """One lawyer who agreed to be asked for."""

    name: str
    firm: str
    specialities: list[str]
    languages: list[str]
    stations: list[str]


class ChoicesOut(BaseModel):
    """The lawyers, by name; none where the agency offers no choice. `note` is to be shown with them."""

    lawyers: list[ChoiceOut]
    note: str


@router.get("")
def list_choices(
    here: TheGateway, region: Annotated[str, Query(pattern=r"^\d{6}$", description="六位区划代码")]
) -> ChoicesOut:
    """Give the lawyers open to choice in a place; who is assigned is the agency's decision."""
    with here.open_reading() as uow:
        found = lawyers.open_to_choice(uow, region)
    shown = [
        ChoiceOut(
            name=one.name,
            firm=one.firm,
            specialities=list(one.specialities),
            languages=list(one.languages),
            stations=list(one.stations),
        )
        for one in found
    ]
    return ChoicesOut(lawyers=shown, note=NOTE if shown else NOBODY)
