"""What an operator types beside a call is understood by the trained bot, without a conversation."""

from typing import Any

from tests.running_system import RunningSystem


def asks(system: RunningSystem, text: str, **known: Any) -> dict[str, Any]:
    answered = system.operator().post("/v1/assist", json={"text": text, **known})
    return dict(answered.raise_for_status().json())


def test_一句话里的地方_身份_欠薪都听得出来(system: RunningSystem) -> None:
    found = asks(system, "我从六安来合肥蜀山区工地打工，老板欠我四个月工资不给")
    assert found["understood"] and found["topic"] == "wages"
    assert (found["place"], found["facts"]["matter"]) == ("安徽省合肥市蜀山区", "M05A")
    assert found["facts"]["migrant_worker"] is True and found["assessment"]["outcome"] == "likely"
    assert found["answers"] and found["workstations"] and found["dangers"] == []


def test_危险听得出来(system: RunningSystem) -> None:
    found = asks(system, "他拿刀堵着门要打我，我躲在厕所里", region="340104")
    assert found["dangers"][0]["danger"] == "danger_violence"
    assert found["assessment"]["outcome"]
