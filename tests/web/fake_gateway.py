"""A gateway with scripted answers, for tests of the pages alone: design.md §7 over HTTP, nothing behind it."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from fastapi.staticfiles import StaticFiles
from sse_starlette.sse import EventSourceResponse

Json = dict[str, Any]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
    "require-trusted-types-for 'script'; trusted-types vue"
)
HOSTILE = "<img src=x onerror=\"document.title='hurt'\"><script>document.title='hurt'</script> &lt;b&gt;粗&lt;/b&gt;"


def text(words: str) -> Json:
    return {"type": "text", "text": words}


ANSWER: Json = {
    "type": "answer",
    "text": "单位拖欠工资，可以先投诉，也可以申请仲裁。",
    "question": "单位拖欠工资怎么办？",
    "conclusion": "单位拖欠工资是违法的。您可以先向劳动监察投诉，也可以直接申请劳动仲裁，都不收费。",
    "explanation": "投诉快一些，仲裁适合双方说法不一样的时候。两条路走哪条，都先把证据留好。",
    "steps": [
        "把欠了几个月、每个月多少钱写在一张纸上",
        "拨打 12333，或者去当地劳动监察大队投诉",
        "投诉解决不了，到劳动仲裁委员会递交仲裁申请书",
    ],
    "deadlines": [
        {
            "name": "劳动仲裁时效",
            "period": "一年",
            "starts": "知道或应当知道权利被侵害之日",
            "exceptions": "还在职时欠的工资不受一年限制，离职后从离职那天起一年内提出",
            "law": "劳动争议调解仲裁法",
            "article": "第二十七条",
        }
    ],
    "evidence": ["工资条、银行流水、微信转账记录", "考勤记录、工作证、工作群聊天", "老板承认欠钱的录音或文字"],
    "articles": [
        {"law": "劳动法", "article": "第五十条"},
        {"law": "劳动合同法", "article": "第八十五条"},
        {"law": "劳动争议调解仲裁法", "article": "第二十七条"},
    ],
}
ASSESSMENT: Json = {
    "type": "assessment",
    "text": "很可能符合法律援助条件。以法律援助机构的决定为准。",
    "outcome": "likely",
    "label": "很可能符合法律援助条件",
    "reasons": [
        "请求支付劳动报酬，属于法律援助的范围（《法律援助法》第三十一条）",
        "进城务工人员追讨工资，免予核查经济困难状况（第四十二条）",
    ],
    "materials": ["身份证，或别的能证明身份的证件", "欠薪的证据，有什么带什么", "法律援助申请表，可以现场填"],
    "agency": {"name": "某某区法律援助中心", "why": "您在这里干活，可以在用工所在地申请"},
}
STATIONS: Json = {
    "type": "workstation",
    "text": "某某区法律援助中心；某某镇工作站（待核）",
    "stations": [
        {
            "id": "s1",
            "name": "某某区法律援助中心",
            "address": "某某区示例路 1 号一楼",
            "phone": "0000-1234567",
            "hours": "工作日 9:00–17:00",
            "why": "离您说的地方最近",
            "verified": True,
        },
        {
            "id": "s2",
            "name": "某某镇法律援助工作站",
            "address": None,
            "phone": None,
            "hours": None,
            "why": "在您住的镇上",
            "verified": False,
        },
    ],
}
APPOINTMENT: Json = {
    "type": "appointment",
    "text": "预约好了，预约号 YY-20261123-007。",
    "number": "YY-20261123-007",
    "status": "confirmed",
    "station": "某某区法律援助中心",
    "starts_at": "2026-11-23T01:30:00Z",
    "when": "2026年11月23日（星期一）上午9:30",
    "bring": ["身份证", "工资条或银行流水"],
}
DANGER: Json = {
    "type": "notice",
    "level": "danger",
    "text": "请您马上拨打 110。能离开就先离开，到有人的地方去。受了伤请拨打 120。",
}
YES_NO: list[Json] = [
    {"action_id": "a-yes", "label": "是的"},
    {"action_id": "a-no", "label": "不是"},
    {"action_id": "a-unknown", "label": "不清楚"},
]

# What the citizen's words contain -> blocks and buttons of the reply; the first that fits.
SCRIPT: list[tuple[str, list[Json], list[Json]]] = [
    ("打我", [DANGER, text("您现在安全吗？已经在帮您找工作人员。")], [{"action_id": "a-safe", "label": "我现在安全"}]),
    (
        "坏字",
        [text(HOSTILE), {"type": "answer", "text": HOSTILE, "conclusion": HOSTILE, "steps": [HOSTILE]}],
        [{"action_id": "a-hostile", "label": HOSTILE}],
    ),
    (
        "新花样",
        [{"type": "hologram", "text": "新花样的文字版"}, {"type": "form", "text": "请说一下您在哪个城市？"}],
        [],
    ),
    (
        "提醒",
        [
            {"type": "notice", "level": "warning", "text": "还剩 5 天，请尽快办理，也可以拨打 12348。"},
            {"type": "notice", "level": "info", "text": "您说的话会保存到这次服务结束。"},
        ],
        [],
    ),
    ("工资", [ANSWER, text("这种情况可以申请法律援助，不收钱。您是进城打工的吗？")], YES_NO),
    (
        "是的",
        [ASSESSMENT],
        [{"action_id": "a-book", "label": "预约时间"}, {"action_id": "a-where", "label": "去哪里办"}],
    ),
    ("预约时间", [APPOINTMENT], []),
    ("去哪里办", [STATIONS], []),
    ("再见", [text("再见，您多保重。有事随时打 12348。")], []),
]
ACTIONS = {button["action_id"]: button["label"] for _, _, buttons in SCRIPT for button in buttons}


@dataclass
class Talk:
    """One session: its events in order, and which messages were already taken."""

    events: list[Json] = field(default_factory=list)
    taken: dict[str, int] = field(default_factory=dict)

    def add(self, **event: Any) -> int:
        seq = len(self.events) + 1
        self.events.append({"seq": seq, "buttons": [], "created_at": datetime.now(UTC).isoformat(), **event})
        return seq


def problem(status: int, code: str, detail: str, **headers: str) -> JSONResponse:
    body = {"type": "about:blank", "title": code, "status": status, "detail": detail, "code": code}
    return JSONResponse(body, status, headers, "application/problem+json")


class FakeGateway:
    """The application and the levers a test pulls: sessions that end, sends that are refused, streams that are held back."""

    def __init__(self, pages: Path) -> None:
        self.talks: dict[str, Talk] = {}
        self.refusals: list[JSONResponse] = []
        self.stream_works = True
        self.think_seconds = 0.05
        self.ratings: list[Json] = []
        self.replies: set[asyncio.Task[None]] = set()
        self.app = self._routes(pages)

    def expire_all(self) -> None:
        self.talks.clear()

    def _talk(self, request: Request) -> Talk | None:
        return self.talks.get(request.headers.get("authorization", "").removeprefix("Bearer "))

    async def _reply(self, talk: Talk, words: str) -> None:
        await asyncio.sleep(self.think_seconds)
        if words == "转人工":
            talk.add(
                type="owner",
                owner="queued",
                **{"from": "system"},
                blocks=[{"type": "notice", "level": "info", "text": "正在为您找工作人员，前面还有 1 位。"}],
            )
            await asyncio.sleep(self.think_seconds)
            talk.add(
                type="owner",
                owner="operator",
                **{"from": "system"},
                blocks=[{"type": "notice", "level": "info", "text": "工作人员来了，下面由工作人员和您说话。"}],
            )
            talk.add(type="message", blocks=[text("您好，我是值班的工作人员，您慢慢说。")], **{"from": "operator"})
            return
        for cue, blocks, buttons in SCRIPT:
            if cue in words:
                talk.add(type="message", blocks=blocks, buttons=buttons, **{"from": "bot"})
                return
        talk.add(type="message", blocks=[text("我听到了。能再多说一点吗？")], **{"from": "bot"})

    def _routes(self, pages: Path) -> FastAPI:
        app = FastAPI()
        invalid = problem(401, "session_invalid", "这次对话已经结束。")

        @app.middleware("http")
        async def headers(request: Request, call_next: Any) -> Any:
            response = await call_next(request)
            response.headers["Content-Security-Policy"] = POLICY
            response.headers["X-Content-Type-Options"] = "nosniff"
            response.headers["Referrer-Policy"] = "no-referrer"
            return response

        @app.post("/v1/web/sessions", status_code=201)
        async def sessions() -> Json:
            token = uuid.uuid4().hex
            self.talks[token] = Talk()
            return {"session_id": uuid.uuid4().hex, "token": token, "expires_at": "2099-01-01T00:00:00Z"}

        @app.post("/v1/web/messages", status_code=202)
        async def messages(request: Request) -> Response:
            talk = self._talk(request)
            if talk is None:
                return invalid
            if self.refusals:
                return self.refusals.pop(0)
            body = await request.json()
            known = body["client_msg_id"] in talk.taken
            words = body.get("text") or ACTIONS.get(body.get("action_id"), "?")
            if not known:
                seq = talk.add(
                    type="message", blocks=[text(words)], client_msg_id=body["client_msg_id"], **{"from": "citizen"}
                )
                talk.taken[body["client_msg_id"]] = seq
                task = asyncio.create_task(self._reply(talk, words))
                self.replies.add(task)
                task.add_done_callback(self.replies.discard)
            return JSONResponse({"seq": talk.taken[body["client_msg_id"]]}, 202)

        @app.get("/v1/web/events")
        async def events(request: Request, after: int = 0, wait: float = 0) -> Response:
            talk = self._talk(request)
            if talk is None:
                return invalid
            if "text/event-stream" in request.headers.get("accept", ""):
                return EventSourceResponse(self._stream(talk, after), ping=15)
            for _ in range(int(wait * 20)):
                if len(talk.events) > after:
                    break
                await asyncio.sleep(0.05)
            found = talk.events[after:]
            return JSONResponse({"events": found, "next": after + len(found)})

        @app.post("/v1/web/ratings", status_code=201)
        async def ratings(request: Request) -> Response:
            if self._talk(request) is None:
                return invalid
            self.ratings.append(await request.json())
            return JSONResponse({}, 201)

        @app.get("/v1/web/articles")
        async def articles(request: Request, law: str, article: str) -> Response:
            if self._talk(request) is None:
                return invalid
            if self.refusals:
                return self.refusals.pop(0)
            if law == "劳动法":
                return problem(404, "article_not_at_hand", "这一条的原文现在手边没有。")
            words = (
                "用人单位有下列情形之一的，由劳动行政部门责令限期支付劳动报酬：\n（一）未按照约定支付的；" + "长" * 300
            )
            found = {"law": law, "article": article, "heading": "", "text": words}
            return JSONResponse(found | {"adopted": "2012-12-28", "on": "2026-11-22"})

        @app.get("/v1/web/transcript")
        async def transcript(request: Request) -> Response:
            talk = self._talk(request)
            if talk is None:
                return invalid
            lines = [block["text"] for event in talk.events for block in event["blocks"]]
            return PlainTextResponse("智能助手（非人工）对话记录\n" + "\n".join(lines))

        @app.delete("/v1/web/me")
        async def forget(request: Request) -> Response:
            if self._talk(request) is None:
                return invalid
            self.expire_all()
            return Response(status_code=204)

        app.mount("/chat", StaticFiles(directory=pages, html=True))
        return app

    async def _stream(self, talk: Talk, after: int) -> AsyncIterator[Json]:
        while self.stream_works and talk in self.talks.values():
            for event in talk.events[after:]:
                after = event["seq"]
                yield {"id": str(event["seq"]), "data": json.dumps(event, ensure_ascii=False)}
            await asyncio.sleep(0.05)
