"""Names, phones and citizens' words are in the database, but nobody reads them without the key."""

import base64
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Engine, select, text, update
from sqlalchemy.exc import StatementError

from hotline.complaints import Complaint
from hotline.conversations import Speaker, say
from hotline.ratings import Rating
from store.columns import metadata
from store.complaints import complaints
from store.conversations import conversations
from store.encryption import seal, unseal, use_key
from store.key_rotation import rotate
from store.unit_of_work import OpenUow
from tests.conftest import ENCRYPTION_KEY, Clock, a_conversation
from tests.store.samples import NOW, application, message

NAME, PHONE, WORDS = "欧阳测试", "13912345678", "我家住在柳树巷老板不给钱"
REMARK, GRIEVANCE, INCOME = "那个值班员态度很差", "某律师私下收我的钱", "三千二百元"
OTHER_KEY = base64.b64encode(bytes(range(1, 33))).decode()
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
        uow.ratings.add(Rating(conversation.id, 1, REMARK, NOW, "1"))
        uow.complaints.add(Complaint("TS2026112300017", GRIEVANCE, NOW, NOW, "1:complaint", conversation.id))


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
    use_key(OTHER_KEY)
    with open_reading() as uow:
        found = uow.applications.by_key("1:apply")
        with pytest.raises(InvalidTag):
            _ = found and found.applicant_name


@pytest.mark.usefixtures("planted")
@pytest.mark.parametrize("moved", ["applicant_name = applicant_phone", "phone_tail = applicant_phone"])
def test_密文挪到别的列就读不出(engine: Engine, open_uow: OpenUow, moved: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE applications SET {moved}"))
    with open_uow() as uow:
        found = uow.applications.by_key("1:apply")
        with pytest.raises(InvalidTag):
            _ = found and (found.applicant_name, found.phone_tail)


@pytest.mark.usefixtures("planted")
def test_密文挪到别的行就读不出(engine: Engine, open_uow: OpenUow, clock: Clock) -> None:
    with open_uow() as uow:
        other = a_conversation(uow, clock, "u" * 64)
    with open_uow() as uow:
        uow.applications.add(application(other.id, "2:apply", "另一个人", "13800000002", "YX202611230002A"))
    with engine.begin() as connection:
        stolen = "SELECT applicant_phone FROM applications WHERE idempotency_key = '1:apply'"
        connection.execute(text(f"UPDATE applications SET applicant_phone = ({stolen})"))
    with open_uow() as uow:
        mine, theirs = uow.applications.by_key("1:apply"), uow.applications.by_key("2:apply")
        assert mine is not None and theirs is not None
        assert (mine.applicant_phone, theirs.applicant_name) == (PHONE, "另一个人")
        with pytest.raises(InvalidTag):
            _ = theirs.applicant_phone


@pytest.mark.usefixtures("planted")
def test_改了一个字节就读不出(engine: Engine) -> None:
    sealed = seal("某表.某列", "1", WORDS)
    for place in (0, 1, len(sealed) // 2, len(sealed) - 1):
        broken = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises(InvalidTag):
            unseal("某表.某列", "1", broken)


def test_同样的话每次密文都不同() -> None:
    use_key(ENCRYPTION_KEY)
    first, second = (seal("某表.某列", "1", WORDS) for _ in range(2))
    assert first != second and unseal("某表.某列", "1", first) == unseal("某表.某列", "1", second) == WORDS


def test_绕开实体写明文_库不收(engine: Engine, open_uow: OpenUow, clock: Clock) -> None:
    with open_uow() as uow:
        conversation = a_conversation(uow, clock)
    with pytest.raises(StatementError, match="seal the value"), engine.begin() as connection:
        connection.execute(update(conversations).values(slots=WORDS.encode()))
    with open_uow() as uow:
        assert uow.conversations.get(conversation.id).slots == {}


def test_轮换钥匙_旧钥匙还在时照常读_轮换后不要旧钥匙也能读(engine: Engine, open_uow: OpenUow, planted: None) -> None:
    use_key(OTHER_KEY, ENCRYPTION_KEY)
    with open_uow() as uow:
        found = uow.applications.by_key("1:apply")
        assert found is not None and found.applicant_name == NAME
    rewritten = rotate(engine)
    assert (rewritten["applications"], rewritten["events"], rewritten["complaints"]) == (1, 2, 1)
    assert sum(rotate(engine).values()) == 0, "第二次没有可轮换的"
    use_key(OTHER_KEY)
    with open_uow() as uow:
        found = uow.applications.by_key("1:apply")
        assert found is not None and (found.applicant_name, found.applicant_phone) == (NAME, PHONE)
        assert found.conversation_id is not None
        assert [event.text for event in uow.events.after(found.conversation_id, 0)] == [WORDS, f"{NAME}，您说：{WORDS}"]
    use_key(ENCRYPTION_KEY)
    with open_uow() as uow:
        found = uow.applications.by_key("1:apply")
        with pytest.raises(InvalidTag):
            _ = found and found.applicant_name


def test_最早一版的密文还能读_轮换时改写(engine: Engine, open_uow: OpenUow, planted: None) -> None:
    nonce, key = bytes(12), base64.b64decode(ENCRYPTION_KEY)
    written = b"\x01" + nonce + AESGCM(key).encrypt(nonce, f'"{GRIEVANCE}"'.encode(), b"complaints.words")
    with engine.begin() as connection:
        connection.execute(update(complaints).values(words=written))
    for _ in range(2):
        with open_uow() as uow:
            found = uow.complaints.by_key("1:complaint")
            assert found is not None and found.words == GRIEVANCE
        rotate(engine)
    with engine.connect() as connection:
        assert connection.execute(select(complaints.c.words)).scalar_one()[:1] == b"\x02"


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
