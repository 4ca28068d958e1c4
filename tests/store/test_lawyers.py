"""The register of lawyers is kept as it was given, on both databases; a new one takes the place of the old."""

from dataclasses import fields
from datetime import date

from hotline.application_form import Sex
from hotline.application_states import ApplicationStatus
from hotline.lawyers import Lawyer
from store.unit_of_work import OpenUow
from tests.conftest import Clock, a_conversation
from tests.store.samples import application


def a_lawyer(licence_number: str, name: str = "测试律师甲") -> Lawyer:
    return Lawyer(
        licence_number=licence_number,
        name=name,
        firm="测试律师事务所",
        sex=Sex.FEMALE,
        practising_since=date(2018, 7, 1),
        conduct_clear=True,
        open_to_choice=False,
        languages=["普通话", "彝语"],
        specialities=["未成年人"],
        stations=["340104-center"],
        regions=["340104"],
    )


def test_存进去什么_读出来什么(open_uow: OpenUow, open_reading: OpenUow) -> None:
    with open_uow() as uow:
        uow.lawyers.replace([a_lawyer("TEST-1")])
    with open_reading() as uow:
        found = uow.lawyers.get("TEST-1")
        assert found is not None
        told = a_lawyer("TEST-1")
        assert [getattr(found, one.name) for one in fields(Lawyer)] == [
            getattr(told, one.name) for one in fields(Lawyer)
        ]
        assert uow.lawyers.get("TEST-2") is None


def test_新的名册顶替旧的_读过旧的也一样_原样再存也不丢(open_uow: OpenUow) -> None:
    with open_uow() as uow:
        uow.lawyers.replace([a_lawyer("TEST-1"), a_lawyer("TEST-2")])
    with open_uow() as uow:
        assert len(uow.lawyers.all()) == 2
        uow.lawyers.replace([a_lawyer("TEST-2", "测试律师乙"), a_lawyer("TEST-3", "测试律师丙")])
    with open_uow() as uow:
        uow.lawyers.replace(uow.lawyers.all())
        kept = {one.licence_number: one.name for one in uow.lawyers.all()}
    assert kept == {"TEST-2": "测试律师乙", "TEST-3": "测试律师丙"}


def test_重大疑难的单独列得出来(open_uow: OpenUow, clock: Clock) -> None:
    with open_uow() as uow:
        talk = a_conversation(uow, clock).id
    with open_uow() as uow:
        plain, marked = application(talk, "a"), application(talk, "b", number="YX2026112300024")
        marked.difficult = True
        uow.applications.add(plain)
        uow.applications.add(marked)
    with open_uow() as uow:
        found = uow.applications.listed([ApplicationStatus.SUBMITTED], 50, None, difficult=True)
        assert [one.number for one in found] == [marked.number]
        assert len(uow.applications.listed([ApplicationStatus.SUBMITTED], 50, None)) == 2
