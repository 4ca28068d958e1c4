"""Staff: passwords, lockout, sessions that end."""

import time
from datetime import timedelta

import pytest

from hotline import operators
from hotline.errors import LoginRefused
from hotline.operators import ABSOLUTE, IDLE, LOCKOUT, TRIES, hash_token
from store.unit_of_work import OpenUow
from tests.conftest import Clock

LOGIN, PASSWORD, WRONG = "zhang", "一个很长的口令", "猜的口令"


@pytest.fixture(autouse=True)
def enrolled(open_uow: OpenUow, clock: Clock) -> None:
    with open_uow() as uow:
        operators.enrol(uow, LOGIN, operators.hash_password(PASSWORD), "张工", clock())


def log_in(open_uow: OpenUow, clock: Clock, password: str = PASSWORD, login: str = LOGIN) -> str | None:
    """The three steps of a login, as api/console/sessions.py takes them."""
    with open_uow() as uow:
        expected = operators.password_to_match(uow, login, clock())
    matched = operators.matches(expected, password)
    with open_uow() as uow:
        return operators.log_in(uow, login, expected if matched else None, clock())


def logged_in(open_uow: OpenUow, clock: Clock) -> str:
    token = log_in(open_uow, clock)
    assert token is not None
    return token


def whoever_holds(open_uow: OpenUow, token: str, clock: Clock) -> str:
    with open_uow() as uow:
        return operators.by_token(uow, token, clock()).login


def test_口令只存argon2id哈希_参数按规定(open_uow: OpenUow) -> None:
    with open_uow() as uow:
        operator = uow.operators.by_login(LOGIN)
    assert operator is not None
    assert operator.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert PASSWORD not in operator.password_hash


def test_登录得到令牌_库里只有它的哈希(open_uow: OpenUow, clock: Clock) -> None:
    token = logged_in(open_uow, clock)
    assert whoever_holds(open_uow, token, clock) == LOGIN
    with open_uow() as uow:
        assert uow.operators.session(token) is None
        assert uow.operators.session(hash_token(token)) is not None


def test_每次登录都是新令牌(open_uow: OpenUow, clock: Clock) -> None:
    assert logged_in(open_uow, clock) != logged_in(open_uow, clock)


def test_口令错_工号不存在_都不给进(open_uow: OpenUow, clock: Clock) -> None:
    assert log_in(open_uow, clock, WRONG) is None
    assert log_in(open_uow, clock, PASSWORD, "没有这个人") is None


def test_工号不存在和口令错_花的时间差不多(open_uow: OpenUow, clock: Clock) -> None:
    def fastest(login: str) -> float:
        spent = []
        for _ in range(3):
            begun = time.process_time()
            log_in(open_uow, clock, WRONG, login)
            spent.append(time.process_time() - begun)
        return min(spent)

    assert fastest("没有这个人") > fastest(LOGIN) / 3


def test_错五次锁十五分钟_锁着时对的口令也不行(open_uow: OpenUow, clock: Clock) -> None:
    for _ in range(TRIES):
        assert log_in(open_uow, clock, WRONG) is None
    with pytest.raises(LoginRefused):
        log_in(open_uow, clock)
    clock.forward(seconds=LOCKOUT.total_seconds() - 1)
    with pytest.raises(LoginRefused):
        log_in(open_uow, clock)
    clock.forward(seconds=1)
    assert log_in(open_uow, clock) is not None


def test_中间对了一次_重新数(open_uow: OpenUow, clock: Clock) -> None:
    for _ in range(2):
        for _ in range(TRIES - 1):
            assert log_in(open_uow, clock, WRONG) is None
        assert log_in(open_uow, clock) is not None


def test_二十分钟不动就要重新登录_动了就续(open_uow: OpenUow, clock: Clock) -> None:
    token = logged_in(open_uow, clock)
    clock.forward(seconds=IDLE.total_seconds() - 1)
    assert whoever_holds(open_uow, token, clock) == LOGIN
    clock.forward(seconds=IDLE.total_seconds() - 1)
    assert whoever_holds(open_uow, token, clock) == LOGIN
    clock.forward(seconds=IDLE.total_seconds())
    with pytest.raises(LoginRefused):
        whoever_holds(open_uow, token, clock)


def test_一直在动_满十二小时也要重新登录(open_uow: OpenUow, clock: Clock) -> None:
    token, opened = logged_in(open_uow, clock), clock()
    while clock() + timedelta(minutes=15) < opened + ABSOLUTE:
        clock.forward(minutes=15)
        assert whoever_holds(open_uow, token, clock) == LOGIN
    clock.at = opened + ABSOLUTE
    with pytest.raises(LoginRefused):
        whoever_holds(open_uow, token, clock)


@pytest.mark.parametrize("token", ["", "乱写的令牌"], ids=["空", "乱写"])
def test_没有的令牌不认(open_uow: OpenUow, clock: Clock, token: str) -> None:
    with pytest.raises(LoginRefused):
        whoever_holds(open_uow, token, clock)


def test_退出以后令牌作废(open_uow: OpenUow, clock: Clock) -> None:
    token = logged_in(open_uow, clock)
    with open_uow() as uow:
        uow.operators.end_session(hash_token(token))
    with pytest.raises(LoginRefused):
        whoever_holds(open_uow, token, clock)


def test_再次登记同一个人_换了口令_旧的不行(open_uow: OpenUow, clock: Clock) -> None:
    with open_uow() as uow:
        operators.enrol(uow, LOGIN, operators.hash_password("换了的口令"), "张工", clock())
    assert log_in(open_uow, clock) is None
    assert log_in(open_uow, clock, "换了的口令") is not None


def test_核对期间锁上了或者换了口令_核对过也不给进(open_uow: OpenUow, clock: Clock) -> None:
    with open_uow() as uow:
        expected = operators.password_to_match(uow, LOGIN, clock())
    assert operators.matches(expected, PASSWORD)
    with open_uow() as uow:
        operators.enrol(uow, LOGIN, operators.hash_password("换了的口令"), "张工", clock())
    with open_uow() as uow:
        assert operators.log_in(uow, LOGIN, expected, clock()) is None
    for _ in range(TRIES - 1):
        log_in(open_uow, clock, WRONG)
    with pytest.raises(LoginRefused), open_uow() as uow:
        operators.log_in(uow, LOGIN, operators.hash_password(PASSWORD), clock())


def test_工号栏里打错的东西不进记录(open_uow: OpenUow, clock: Clock) -> None:
    log_in(open_uow, clock, PASSWORD, "13800000001")
    log_in(open_uow, clock, WRONG)
    with open_uow() as uow:
        acts = [(one.actor, one.act) for one in uow.audit.about("")]
    assert acts == [("unknown", "operator.login_refused"), (LOGIN, "operator.login_refused")]
