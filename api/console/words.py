"""The Chinese words behind the codes that the operators' pages get, so that a page keeps no list of its own."""

from fastapi import APIRouter
from pydantic import BaseModel

from api.gateway import Serving, TheGateway
from hotline.applicants import GROUND_WORDS, RELATION_WORDS
from hotline.application_review import PROVISIONAL_WORDS
from hotline.application_states import STATUS_WORDS, TERMINATION_WORDS
from hotline.complaints import STATUS_WORDS as COMPLAINT_WORDS
from hotline.consultations import AGE_BANDS, CHANNELS, DISPOSITIONS, GENDERS, GROUPS, OUTCOMES, categories
from hotline.work_orders import RESULTS

router = APIRouter(prefix="/v1/console/words", tags=["console"])


class WordsOut(BaseModel):
    """Code → words; of work orders' results by kind."""

    matters: dict[str, str]
    statuses: dict[str, str]
    outcomes: dict[str, str]
    channels: dict[str, str]
    provisional_grounds: dict[str, str]
    termination_grounds: dict[str, str]
    results: dict[str, dict[str, str]]
    complaint_statuses: dict[str, str]
    topics: dict[str, str]
    dispositions: dict[str, str]
    groups: dict[str, str]
    age_bands: dict[str, str]
    genders: dict[str, str]
    relations: dict[str, str]
    grounds: dict[str, str]
    """Why somebody acts for an applicant."""


@router.get("")
def words(here: TheGateway, operator: Serving) -> WordsOut:
    """All of them; they change with the program or the law, not from day to day."""
    return WordsOut(
        matters={code: matter.name for code, matter in here.services.law.matters.items()},
        statuses={one.value: said for one, said in STATUS_WORDS.items()},
        outcomes=dict(OUTCOMES),
        channels={**CHANNELS, "visit": "上门", "partner": "合作单位", "notice": "办案机关通知"},
        provisional_grounds={one.value: said for one, said in PROVISIONAL_WORDS.items()},
        termination_grounds={one.value: said for one, said in TERMINATION_WORDS.items()},
        results={kind.value: dict(said) for kind, said in RESULTS.items()},
        complaint_statuses={one.value: said for one, said in COMPLAINT_WORDS.items()},
        topics={topic: category.name for topic, category in categories().items()},
        dispositions=dict(DISPOSITIONS),
        groups=dict(GROUPS),
        age_bands=dict(AGE_BANDS),
        genders=dict(GENDERS),
        relations={one.value: said for one, said in RELATION_WORDS.items()},
        grounds={one.value: said for one, said in GROUND_WORDS.items()},
    )
