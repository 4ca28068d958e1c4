"""Around every request: an id, one log line, one count, the pages' headers, and the last net for exceptions."""

import re
import time
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.metrics import HTTP
from api.problems import problem

log = structlog.get_logger()

REQUEST_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
UNLOGGED = frozenset({"/healthz", "/metrics", "/readyz"})
PAGE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
        "require-trusted-types-for 'script'; trusted-types vue"
    ),
}

PAGES = ("/chat", "/console")


class Observe:
    """Plain ASGI, so that streams pass through untouched. Logs the route's pattern: never a query, a body or a name."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        asked = Headers(scope=scope).get("X-Request-Id", "")
        request_id = asked if REQUEST_ID.fullmatch(asked) else uuid4().hex[:12]
        begun, status = time.perf_counter(), 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                _add_page_headers(scope["path"], headers)
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, send_with_headers)
            except Exception as error:
                log.error("request.failed", route=_route(scope), error=type(error).__name__, exc_info=True)
                if not status:
                    sentence = "系统出了点问题，请稍后再试；着急请直接拨打 12348。"
                    await problem(500, "internal", sentence)(scope, receive, send_with_headers)
            route = _route(scope)
            HTTP.labels(route, status).inc()
            if route not in UNLOGGED:
                ms = round((time.perf_counter() - begun) * 1000, 1)
                log.info("http.answered", method=scope["method"], route=route, status=status, ms=ms)


def _page(path: str) -> str | None:
    return next((page for page in PAGES if path.startswith(page)), None)


def _route(scope: Scope) -> str:
    return getattr(scope.get("route"), "path", None) or _page(scope["path"]) or "unmatched"


def _add_page_headers(path: str, headers: MutableHeaders) -> None:
    page = _page(path)
    if page is not None:
        headers.update(PAGE_HEADERS)
        lasting = path.startswith(f"{page}/assets/")  # their names carry a hash of their content
        headers["Cache-Control"] = "public, max-age=31536000, immutable" if lasting else "no-cache"
