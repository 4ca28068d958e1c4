"""Completing a sent application in talk: one question at a time, every one may be left open, nothing gets lost."""

from typing import Any

import pytest

from actions.application_completion import RELATION_WORDS
from actions.applications import ActionSubmitApplication
from actions.journeys import ActionContinueJourney
from hotline.applicants import Ground, Relation
from hotline.application_completion import ITEM_WORDS, QUESTIONS, Item
from hotline.application_form import HardshipProof, LawyerWishes, Sex
from hotline.applications import Application
from hotline.identity_documents import IdentityType, check_character
from store.unit_of_work import OpenUow
from tests.actions.conftest import Caller, Played, entity

WAGES: dict[str, Any] = {"matter": "M05A", "region": "340104", "migrant_worker": True}
NAME, PHONE = "欧阳测试", "13912345678"
NUMBER = "34010419900101001"
RESIDENT = NUMBER + check_character(NUMBER)


@pytest.fixture
def sent(caller: Caller) -> Caller:
    """Somebody whose application has just been sent."""
    known: dict[str, Any] = {**WAGES, "application_consent": True, "applicant_name": NAME, "journey": "application"}
    sent = caller.says(
        ActionSubmitApplication, PHONE, "inform", (entity("phone", PHONE),), asking="applicant_phone", **known
    )
    assert sent.responses == ["utter_application_submitted"]
    caller.goes_on(sent)
    return caller


def starts(caller: Caller) -> Played:
    return caller.goes_on(caller.says(ActionSubmitApplication, "把申请表填完整", "apply_legal_aid"))


def says(caller: Caller, text: str = "", intent: str = "inform", *entities: dict[str, Any]) -> Played:
    return caller.goes_on(caller.says(ActionContinueJourney, text, intent, entities))


def asks(caller: Caller, item: Item) -> None:
    """The talk stands at this question."""
    caller.slots |= {"journey": "application", "asking": item.value, "misunderstood": 0}


def kept(open_uow: OpenUow, caller: Caller) -> Application:
    with open_uow() as uow:
        (one,) = uow.applications.of_conversation(caller.conversation_id)
        return one


def test_每个问题都有名字() -> None:
    assert set(ITEM_WORDS) == set(QUESTIONS) == set(Item)


def test_给自己办的农民工_一问一答到承诺_不问收入_身份不留在槽位里(sent: Caller, open_uow: OpenUow) -> None:
    assert starts(sent).responses == ["utter_ask_represented"]
    assert says(sent, "给自己办", "deny").responses == ["utter_ask_case_summary"]
    assert says(sent, "工地上欠了我四个月工资").responses == ["utter_ask_opponent_name"]
    assert says(sent, "某建筑公司").responses == ["utter_ask_lawyer_wishes"]
    assert says(sent, "想要女律师，会说合肥话").responses == ["utter_ask_identity_number"]
    assert says(sent, RESIDENT).responses == ["utter_ask_honesty_commitment"]
    done = says(sent, "我承诺", "affirm")
    assert done.responses == ["utter_application_complete"] and done.only()["missing"] == ""
    assert "务工" in done.only()["materials"]
    one = kept(open_uow, sent)
    assert (one.form.summary, one.form.opponent) == ("工地上欠了我四个月工资", "某建筑公司")
    assert one.form.wishes == LawyerWishes(sex=Sex.FEMALE, language="合肥话")
    assert (one.identity_number, one.form.identity_type) == (RESIDENT, IdentityType.RESIDENT_ID)
    assert one.form.honesty_committed_at is not None
    assert RESIDENT not in str(sent.slots) and "工地" not in str(sent.slots)
    assert sent.slots["journey"] == "none"


def test_都不想说_也走得完_说清楚还缺什么(sent: Caller, open_uow: OpenUow) -> None:
    said = starts(sent)
    asked = [*said.responses]
    for _ in range(12):
        if said.responses == ["utter_application_complete"]:
            break
        said = says(sent, "不想说", "refuse")
        asked += said.responses
    assert asked[-1] == "utter_application_complete" and len(set(asked)) == len(asked), "一个问题不问两遍"
    assert "身份证件号码" in said.only()["missing"] and "事情经过" in said.only()["missing"]
    assert kept(open_uow, sent).status == "submitted"
    assert starts(sent).responses == ["utter_application_complete"], "问过的不再问"


def test_替孩子办的母亲_名字换成孩子的_说清楚凭什么(sent: Caller, open_uow: OpenUow) -> None:
    starts(sent)
    assert says(sent, "是", "affirm").responses == ["utter_ask_relation"]
    assert kept(open_uow, sent).needs_confirmation, "关系没说清以前要本人确认"
    assert says(sent, "我是他妈妈").responses == ["utter_ask_representation_ground"]
    said = says(sent, "", "inform", entity("representation_ground", "minor"))
    assert said.responses == ["utter_standing", "utter_ask_represented_name"]
    assert "第四十条" in said.messages[0]["article"]
    says(sent, "欧阳小测")
    one = kept(open_uow, sent)
    who = one.form.representative
    assert who is not None
    assert (one.applicant_name, who.name, who.relation, who.ground) == (
        "欧阳小测",
        NAME,
        Relation.PARENT,
        Ground.MINOR,
    )
    assert not one.needs_confirmation


@pytest.mark.parametrize(
    ("text", "relation"),
    [
        ("我是他妈", Relation.PARENT),
        ("儿子", Relation.CHILD),
        ("他奶奶", Relation.GRANDPARENT),
        ("外婆", Relation.GRANDPARENT),
        ("孙女", Relation.GRANDCHILD),
        ("老公", Relation.SPOUSE),
        ("我是她姐姐", Relation.SIBLING),
        ("邻居", Relation.OTHER),
        ("法定监护人", Relation.GUARDIAN),
    ],
)
def test_关系打字说也听得懂(sent: Caller, open_uow: OpenUow, text: str, relation: Relation) -> None:
    starts(sent)
    says(sent, "是", "affirm")
    says(sent, text)
    who = kept(open_uow, sent).form.representative
    assert who is not None and who.relation is relation
    assert {one for _, one in RELATION_WORDS} == set(Relation)


@pytest.mark.parametrize(
    ("text", "says_what"),
    [
        (RESIDENT[:-1] + ("1" if RESIDENT[-1] != "1" else "2"), "最后一位"),
        ("34010419901301001X", "出生日期"),
        ("340104900101001", "15 位"),
        ("护照 12", "护照"),
    ],
    ids=["校验码不对", "没有十三月", "旧的十五位", "护照太短"],
)
def test_身份证号不对_说清楚哪里不对_再问一遍_前面填的还在(
    sent: Caller, open_uow: OpenUow, text: str, says_what: str
) -> None:
    asks(sent, Item.SUMMARY)
    says(sent, "欠薪四个月")
    asks(sent, Item.IDENTITY)
    said = says(sent, text)
    assert said.responses == ["utter_line_refused", "utter_ask_identity_number"]
    assert says_what in said.messages[0]["sentence"]
    one = kept(open_uow, sent)
    assert (one.identity_number, one.form.summary) == (None, "欠薪四个月")


@pytest.mark.parametrize(
    ("text", "kind", "number"),
    [
        (f"我的身份证号是{RESIDENT.lower()}", IdentityType.RESIDENT_ID, RESIDENT),
        ("护照 E12345678", IdentityType.PASSPORT, "E12345678"),
        ("台胞证12345678", IdentityType.TAIWAN_PERMIT, "12345678"),
        ("回乡证 H12345678", IdentityType.HK_MACAO_PERMIT, "H12345678"),
    ],
)
def test_证件种类从话里听出来(sent: Caller, open_uow: OpenUow, text: str, kind: IdentityType, number: str) -> None:
    asks(sent, Item.IDENTITY)
    says(sent, text)
    one = kept(open_uow, sent)
    assert (one.form.identity_type, one.identity_number) == (kind, number)


def test_没听懂再问一次_还没听懂就往下走(sent: Caller) -> None:
    starts(sent)
    says(sent, "是", "affirm")
    again = says(sent, "嗯这个嘛")
    assert again.responses == ["utter_answer_not_understood", "utter_ask_relation"]
    assert says(sent, "说不清").responses == ["utter_ask_representation_ground"]


@pytest.mark.parametrize(
    ("text", "wishes"),
    [
        ("女律师", LawyerWishes(sex=Sex.FEMALE)),
        ("最好是男的，会讲四川话", LawyerWishes(sex=Sex.MALE, language="四川话")),
        ("想请王小律师", LawyerWishes(named="王小律师")),
        ("熟悉工伤的", LawyerWishes(speciality="工伤")),
        ("有耐心一点的", LawyerWishes(speciality="有耐心一点的")),
        ("没有", LawyerWishes()),
        ("都行", LawyerWishes()),
    ],
)
def test_对律师的希望(sent: Caller, open_uow: OpenUow, text: str, wishes: LawyerWishes) -> None:
    asks(sent, Item.WISHES)
    says(sent, text)
    one = kept(open_uow, sent)
    assert one.form.wishes == wishes
    assert wishes != LawyerWishes() or Item.WISHES in one.form.asked


def test_要核查经济状况的问怎么核查_二选一(caller: Caller, open_uow: OpenUow) -> None:
    known: dict[str, Any] = {
        "matter": "M04",
        "region": "340104",
        "income_yuan_per_person_month": "500",
        "application_consent": True,
        "applicant_name": NAME,
        "journey": "application",
        "asking": "applicant_phone",
    }
    caller.goes_on(caller.says(ActionSubmitApplication, PHONE, "inform", (entity("phone", PHONE),), **known))
    for item in (Item.REPRESENTED, Item.SUMMARY):
        asks(caller, item)
        says(caller, "不想说", "refuse")
    assert says(caller, "不想说", "refuse").responses == ["utter_ask_hardship_proof"]
    says(caller, "我签承诺吧")
    told = kept(open_uow, caller).form.hardship
    assert told is not None and told.proof is HardshipProof.COMMITMENT


def test_八十岁以上问要不要上门_要的再问地址(caller: Caller, open_uow: OpenUow) -> None:
    known: dict[str, Any] = {**WAGES, "age": 82, "application_consent": True, "applicant_name": NAME}
    known |= {"journey": "application", "asking": "applicant_phone"}
    caller.goes_on(caller.says(ActionSubmitApplication, PHONE, "inform", (entity("phone", PHONE),), **known))
    asks(caller, Item.HOME_VISIT)
    assert "utter_ask_home_visit_address" not in says(caller, "……", "refuse").responses
    asks(caller, Item.HOME_VISIT)
    says(caller, "要", "affirm")
    asks(caller, Item.HOME_ADDRESS)
    says(caller, "某区某路一号")
    visit = kept(open_uow, caller).form.home_visit
    assert visit is not None and (visit.address, visit.contact) == ("某区某路一号", PHONE)


def test_同一条消息再来一遍_不多记一笔(sent: Caller, open_uow: OpenUow) -> None:
    asks(sent, Item.SUMMARY)
    before = dict(sent.slots)
    says(sent, "欠薪四个月")
    steps = kept(open_uow, sent).last_step
    again = Caller(sent.services, sent.conversation_id, sent.seq, before)
    again.says(ActionContinueJourney, "欠薪四个月", repeat=True)
    assert kept(open_uow, sent).last_step == steps


def test_换一件事再申请_是新的一份(sent: Caller, open_uow: OpenUow) -> None:
    new = sent.says(ActionSubmitApplication, "我还要申请", "apply_legal_aid", matter="N04", region="340104")
    assert new.responses == ["utter_ask_application_consent"]


def test_姓名写成手机号_说清楚_再问(caller: Caller) -> None:
    known: dict[str, Any] = {**WAGES, "application_consent": True, "journey": "application"}
    said = caller.says(ActionSubmitApplication, "13900001111", "inform", asking="applicant_name", **known)
    assert said.responses == ["utter_line_refused", "utter_ask_applicant_name"]


def test_同一个手机号换了名字_收下_也说清楚(sent: Caller, open_uow: OpenUow) -> None:
    known: dict[str, Any] = {"matter": "N04", "region": "340104", "application_consent": True, "applicant_name": "别人"}
    known |= {"journey": "application", "asking": "applicant_phone"}
    said = sent.says(ActionSubmitApplication, PHONE, "inform", (entity("phone", PHONE),), **known)
    assert said.responses == ["utter_application_submitted", "utter_phone_has_other_name"]


# Children under fourteen


CHILD = "34010420150301001"
BOTH: dict[str, Any] = {"matter": "M05A", "region": "340104", "age": 11}


def test_不满十四周岁_先问监护人同不同意_同意了再问监护人的名字和电话(caller: Caller, open_uow: OpenUow) -> None:
    first = caller.goes_on(caller.says(ActionSubmitApplication, "我给孩子申请", "apply_legal_aid", **BOTH))
    assert first.responses == ["utter_ask_guardian_consent"]
    caller.goes_on(caller.says(ActionSubmitApplication, "我是她妈妈，同意", "affirm"))
    caller.goes_on(caller.says(ActionSubmitApplication, NAME, "inform"))
    said = caller.goes_on(caller.says(ActionSubmitApplication, PHONE, "inform", (entity("phone", PHONE),)))
    assert said.responses == ["utter_application_submitted"]
    one = kept(open_uow, caller)
    assert one.form.representative is not None and one.form.guardian_consented_at is not None
    assert (one.form.representative.name, one.form.representative.ground) == (NAME, Ground.MINOR)
    assert one.needs_confirmation and one.minor, "说清关系以前，孩子的名字还没有记"
    assert starts(caller).responses == ["utter_ask_relation"]
    assert says(caller, "我是她妈妈").responses == ["utter_standing", "utter_ask_represented_name"]
    says(caller, "欧阳小测")
    assert (kept(open_uow, caller).applicant_name, kept(open_uow, caller).needs_confirmation) == ("欧阳小测", False)


def test_不是监护人或者不同意_什么都不记_指给别的路(caller: Caller, open_uow: OpenUow) -> None:
    caller.goes_on(caller.says(ActionSubmitApplication, "我要申请", "apply_legal_aid", **BOTH))
    said = caller.goes_on(caller.says(ActionSubmitApplication, "我不是，我就是孩子", "deny"))
    assert said.responses == ["utter_guardian_needed"]
    with open_uow() as uow:
        assert uow.applications.of_conversation(caller.conversation_id) == []


def test_邻居替孩子办_孩子的名字不记_转给人(caller: Caller, open_uow: OpenUow) -> None:
    for text, intent in (("我要申请", "apply_legal_aid"), ("同意", "affirm"), (NAME, "inform")):
        caller.goes_on(caller.says(ActionSubmitApplication, text, intent, **BOTH))
    caller.goes_on(caller.says(ActionSubmitApplication, PHONE, "inform", (entity("phone", PHONE),)))
    starts(caller)
    says(caller, "我是邻居")
    refused = says(caller, "孩子叫小测")
    assert refused.responses == ["utter_line_refused"] and "监护人" in refused.only()["sentence"]
    one = kept(open_uow, caller)
    assert one.applicant_name == NAME and one.needs_confirmation and caller.slots["journey"] == "none"


def test_聊到后面才说出孩子的身份证号_母亲说的收下_自己说的不收(sent: Caller, open_uow: OpenUow) -> None:
    number = CHILD + check_character(CHILD)
    asks(sent, Item.IDENTITY)
    assert says(sent, number).responses == ["utter_line_refused"]
    assert kept(open_uow, sent).identity_number is None
    for item, words in ((Item.REPRESENTED, "是"), (Item.RELATION, "我是她妈妈")):
        asks(sent, item)
        says(sent, words, "affirm" if item is Item.REPRESENTED else "inform")
    says(sent, "", "inform", entity("representation_ground", "minor"))
    says(sent, "欧阳小测")
    asks(sent, Item.IDENTITY)
    says(sent, number)
    one = kept(open_uow, sent)
    assert (one.identity_number, one.form.guardian_consented_at is not None) == (number, True)
