"""The papers of an application: filled in, readable again, and not to be broken by what people write."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from docx import Document as read_docx

from eligibility import Law
from hotline.applicants import Ground, Relation, Representative
from hotline.application_documents import Document, sheet_of
from hotline.application_form import Form, Hardship, HardshipProof, HomeVisit, LawyerWishes, Sex
from hotline.applications import Application
from hotline.identity_documents import IdentityType
from hotline.paper import Format, Lines, Sentence, Sheet, written
from hotline.paper_pdf import as_pdf
from hotline.paper_word import as_docx

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
FULL = Form(
    identity_type=IdentityType.RESIDENT_ID,
    born_on=date(1990, 1, 1),
    sex=Sex.FEMALE,
    ethnicity="汉族",
    address="某区某路一号",
    representative=Representative("欧阳代办", "13900001234", Relation.CHILD, Ground.HELP),
    opponent="某建筑公司",
    summary="工地欠薪四个月。\n找过劳动监察。",
    hardship=Hardship(3, "2400.00", "务工", "看病每月一千元", HardshipProof.COMMITMENT),
    honesty_committed_at=NOW,
    wishes=LawyerWishes(Sex.FEMALE, "合肥话", "劳动争议", "王律师"),
    home_visit=HomeVisit("某区某路一号", "邻居乙", "行动不便", NOW, ("张工", "李工")),
    consented_at=NOW,
)


@pytest.fixture(scope="module")
def law() -> Law:
    return Law.load()


def an_application(form: Form, **others: object) -> Application:
    one = Application(
        number="YX202611230001C",
        conversation_id=None,
        agency="合肥市蜀山区法律援助中心",
        region="340104",
        matter="M05A",
        outcome="likely",
        facts={"migrant_worker": True, "age": 62},
        applicant_name="申请人甲",
        applicant_phone="13800001234",
        phone_tail="1234",
        submitted_at=NOW,
        idempotency_key="k",
    )
    one.form = form
    for name, value in others.items():
        setattr(one, name, value)
    return one


def words_of(docx: bytes) -> str:
    read = read_docx(io.BytesIO(docx))
    cells = [cell.text for table in read.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in read.paragraphs), *cells])


def sheet(law: Law, document: Document, form: Form = FULL, flags: tuple[str, ...] = (), **others: object) -> Sheet:
    return sheet_of(document, an_application(form, **others), law, flags)


def test_申请表_填了的都在_承诺和依据都在(law: Law) -> None:
    told = words_of(as_docx(sheet(law, Document.APPLICATION_FORM, identity_number="34010419900101001X")))
    for expected in (
        "法律援助申请表",
        "编号：YX202611230001C",
        "申请人甲",
        "34010419900101001X",
        "1990年1月1日",
        "进城务工人员、老年人",
        "支付劳动报酬",
        "工地欠薪四个月。\n找过劳动监察。",
        "由女律师办理；会讲合肥话；熟悉劳动争议；希望由王律师办理",
        "子女",
        "须由申请人本人确认",
        "以法律援助机构的决定为准",
        "第六十四条",
    ):
        assert expected in told
    assert "（未填）" in told, "办案机关没有说"


def test_什么都没填也印得出来_空着的写未填(law: Law) -> None:
    for document in Document:
        told = words_of(as_docx(sheet(law, document, Form(), facts={})))
        assert "申请人甲" in told and "（未填）" in told
        assert as_pdf(sheet(law, document, Form(), facts={})).startswith(b"%PDF-")


def test_经济状况说明_承诺打勾_不用盖章(law: Law) -> None:
    told = words_of(as_docx(sheet(law, Document.HARDSHIP_STATEMENT)))
    assert "［√］ 由本人作诚信承诺" in told and "［　］ 由法律援助机构通过信息共享查询" in told
    assert "2400.00元" in told and "3人" in told and "不用去单位、村（居）委会开盖章证明" in told


def test_家暴不问收入_说明里一个收入字都没有(law: Law) -> None:
    told = words_of(as_docx(sheet(law, Document.HARDSHIP_STATEMENT, flags=("hardship_not_required",))))
    assert "第三十二条" in told and "收入" not in told


def test_上门受理单_两人同行_签收(law: Law) -> None:
    told = words_of(as_docx(sheet(law, Document.HOME_VISIT)))
    assert "张工、李工" in told and "申请人签收" in told and "11月23日（周一）上午9:00" in told
    assert told.count("（签名）") == 3


@pytest.mark.parametrize(
    "hostile",
    [
        "<b>&amp;</para><img src='file:///etc/passwd'/>",
        "控制符\x00\x0b\x1b[31m",
        "长" * 1000,
        "无空格" * 300 + "a" * 600,
        "表情😀和生僻字𬭸",
        "\ud800",
        "\n" * 300,
    ],
    ids=["标记", "控制符", "一千字", "长串字母", "生僻字和表情", "半个字符", "三百个换行"],
)
@pytest.mark.parametrize("format_", list(Format))
def test_写什么都印得出来(law: Law, hostile: str, format_: Format) -> None:
    hostile = hostile.encode("utf-8", "ignore").decode()
    form = replace(FULL, summary=hostile, opponent=hostile[:200], address=hostile[:200])
    assert len(written(sheet(law, Document.APPLICATION_FORM, form), format_)) > 2000


def test_生僻字在纸上写出编码_不会空着() -> None:
    rare = Sheet("表", "编号：1", (Lines(((("姓名", "王𬭸"),),)), Sentence("<i>不是标记</i>")))
    pdf = as_pdf(rare)
    assert pdf.startswith(b"%PDF-") and b"STSong-Light" in pdf
    assert "王𬭸" in words_of(as_docx(rare)), "可编辑的那份照原样"


def test_同样的内容印出同样的文件(law: Law) -> None:
    assert as_pdf(sheet(law, Document.HOME_VISIT)) == as_pdf(sheet(law, Document.HOME_VISIT))
