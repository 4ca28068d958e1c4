"""Names, phones and citizens' words are in the database, but nobody reads them without the key."""

import base64
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import Engine, text

from hotline.complaints import Complaint
from hotline.conversations import Speaker, say
from hotline.ratings import Rating
from store.columns import metadata
from store.encryption import Encrypted, use_key
from store.unit_of_work import OpenUow
from tests.conftest import ENCRYPTION_KEY, Clock, a_conversation
from tests.store.samples import NOW, application, message

NAME, PHONE, WORDS = "欧阳测试", "13912345678", "我家住在柳树巷老板不给钱"
REMARK, GRIEVANCE, INCOME = "那个值班员态度很差", "某律师私下收我的钱", "三千二百元"
SECRETS = (NAME, PHONE, PHONE[-4:], WORDS, REMARK, GRIEVANCE, INCOME)


@pytest.fixture
def planted(open_uow: OpenUow, clock: Clock) -> None:
    """A database with everything a citizen might say about themselves."""
    with open_uow() as uow:
        conversation = a_conversation(uow, clock)
        conversation.slots = {"applicant_name": NAME, "applicant_phone": PHONE, "income": INCOME}
    with open_uow() as uow:
        uow.events.add(message(conversation.id, 1, WORDS))
        uow.events.get(conversation.id, 1).understood = {"entities": [{"entity": "phone", "value": PHONE}]}
        kept = uow.conversations.get(conversation.id)
        kept.last_seq = 1
        say(uow, kept, Speaker.BOT, [{"type": "text", "text": f"{NAME}，您说：{WORDS}"}], NOW)
        uow.applications.add(application(conversation.id, "1:apply", NAME, PHONE))
        uow.ratings.add(Rating(conversation.id, 1, REMARK, NOW))
        uow.complaints.add(Complaint("TS2026112300017", conversation.id, GRIEVANCE, NOW, "1:complaint"))


def in_clear(raw: bytes) -> list[str]:
    """Which of the secrets can be read in the bytes, as text or as JSON writes it."""
    forms = {secret: (secret.encode(), secret.encode("utf-16-le"), ascii(secret)[1:-1].encode()) for secret in SECRETS}
    return [secret for secret, written in forms.items() if any(one in raw for one in written)]


@pytest.mark.usefixtures("planted")
def test_直接查列_没有一处是明文(engine: Engine) -> None:
    with engine.connect() as connection:
        for table in metadata.tables:
            for row in connection.execute(text(f"SELECT * FROM {table}")).mappings():
                for column, value in row.items():
                    raw = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                    found = [one for one in in_clear(raw) if one != PHONE[-4:] or not column.endswith("id")]
                    assert found == [], f"{table}.{column}"


@pytest.mark.usefixtures("planted")
@pytest.mark.parametrize("engine", ["SQLite"], indirect=True)
def test_SQLite文件和日志里_没有一处是明文(engine: Engine, tmp_path: Path) -> None:
    files = sorted(tmp_path.glob("yuanxian.db*"))
    assert files[0].name == "yuanxian.db" and sum(one.stat().st_size for one in files) > 50_000
    for file in files:
        assert [one for one in in_clear(file.read_bytes()) if one != PHONE[-4:]] == [], file.name


@pytest.mark.usefixtures("planted")
def test_有钥匙读得出(open_reading: OpenUow) -> None:
    with open_reading() as uow:
        found = uow.applications.by_key("1:apply")
        assert found is not None and (found.applicant_name, found.applicant_phone) == (NAME, PHONE)


@pytest.mark.usefixtures("planted")
def test_换了钥匙读不出(open_reading: OpenUow) -> None:
    use_key(base64.b64encode(bytes(32)).decode())
    try:
        with pytest.raises(InvalidTag), open_reading() as uow:
            uow.applications.by_key("1:apply")
    finally:
        use_key(ENCRYPTION_KEY)


@pytest.mark.usefixtures("planted")
def test_密文挪到别的列就读不出(engine: Engine, open_uow: OpenUow) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE applications SET applicant_name = applicant_phone"))
    with pytest.raises(InvalidTag), open_uow() as uow:
        uow.applications.by_key("1:apply")


def test_同样的话每次密文都不同(engine: Engine) -> None:
    column = Encrypted("某表.某列")
    first, second = (column.process_bind_param(WORDS, engine.dialect) for _ in range(2))
    assert first != second
    assert column.process_result_value(first, engine.dialect) == WORDS
    assert column.process_bind_param(None, engine.dialect) is None
    assert column.process_result_value(None, engine.dialect) is None


def test_出错信息里没有参数(open_uow: OpenUow, clock: Clock) -> None:
    with open_uow() as uow:
        a_conversation(uow, clock, WORDS)
    with pytest.raises(Exception, match="token_hash") as refused, open_uow() as uow:
        a_conversation(uow, clock, WORDS)
    assert "[SQL parameters hidden" in str(refused.value)


@pytest.mark.parametrize("key", ["", "c2hvcnQ=", base64.b64encode(bytes(33)).decode()], ids=["空", "太短", "太长"])
def test_钥匙不是三十二字节就拒绝启动(key: str) -> None:
    with pytest.raises(ValueError, match="YUANXIAN_ENCRYPTION_KEY"):
        use_key(key)
