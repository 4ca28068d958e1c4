"""A press of 同意留下这个问题: consent and question are kept, and what was kept is said; other buttons go on as before."""

from pathlib import Path

import pytest

from api.turns import KEEP_QUESTION
from tests.api.conftest import Serve
from tests.api.gateway import Heard, ScriptedDialogue, message, rows, turn

LEAVE = ("同意留下这个问题，帮助改进", KEEP_QUESTION)


def no_answer(heard: Heard) -> object:
    return turn(message("这个问题我没有把握。", LEAVE))


@pytest.mark.parametrize("presses", [1, 2])
def test_按了才留_留下的话说给本人看_按两次还是一份(serve: Serve, sqlite_file: Path, presses: int) -> None:
    with serve(ScriptedDialogue(no_answer)) as gateway:  # type: ignore[arg-type]
        citizen = gateway.citizen()
        offered = citizen.ask("无人机掉下来砸了我家瓦，我电话13800000001")
        assert rows(sqlite_file, "SELECT * FROM gaps") == []
        for _ in range(presses):
            said = citizen.press(offered, LEAVE[0])
        mine = citizen.http.get("/v1/web/me").json()
        heard = len(gateway.dialogue.heard)
    assert "无人机掉下来砸了我家瓦，我电话〔电话〕" in said[-1]["blocks"][0]["text"]
    assert mine["kept_questions"] == ["无人机掉下来砸了我家瓦，我电话〔电话〕"]
    assert [(one["purpose"], one["given"]) for one in mine["consents"]] == [("improvement", True)]
    assert heard == 1, "机器人不用知道"


def test_删除对话就撤回(serve: Serve, sqlite_file: Path) -> None:
    with serve(ScriptedDialogue(no_answer)) as gateway:  # type: ignore[arg-type]
        citizen = gateway.citizen()
        citizen.press(citizen.ask("无人机掉下来砸了我家瓦"), LEAVE[0])
        assert len(rows(sqlite_file, "SELECT id FROM gaps")) == 1
        citizen.http.delete("/v1/web/me").raise_for_status()
    assert rows(sqlite_file, "SELECT id FROM gaps") == []


def test_顺带提的按钮_跟在最后一问的按钮后面(serve: Serve) -> None:
    def script(heard: Heard) -> object:
        return turn(
            message("答复", ("预约", "/book_appointment")),
            message("您还提到了劳动合同", ("也了解劳动合同", "/ask_labour_contract"), type="text", aside=True),
            message("您是进城打工的吗？", ("是", "/affirm"), ("不是", "/deny")),
        )

    with serve(ScriptedDialogue(script)) as gateway:  # type: ignore[arg-type]
        events = gateway.citizen().ask("老板欠薪，也没签合同")
    assert [[one["label"] for one in event["buttons"]] for event in events] == [
        [],
        [],
        ["是", "不是", "也了解劳动合同"],
    ]
