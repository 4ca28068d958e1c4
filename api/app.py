"""Puts the gateway together."""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpcore
import structlog
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from actions.base import Services
from api import (
    actions_webhook,
    applications,
    appointments,
    articles,
    assist,
    attachments,
    complaints,
    eligibility,
    health,
    lawyers,
    outbox,
    privacy,
    problems,
    search,
    workstations,
)
from api.application_watch import ApplicationWatch
from api.channels import web
from api.console import application_review, handoffs, ledger, record, reports, sessions, words, work_orders
from api.console import applications as applications_desk
from api.console import appointments as appointments_desk
from api.console import complaints as complaints_desk
from api.dialogue import Canary, RasaTurns, TurnService
from api.gateway import Gateway
from api.housekeeping import Housekeeping
from api.logs import configure_logs
from api.observe import Observe
from api.turns import News, TurnRunner
from eligibility import Law
from hotline import operators
from hotline.permissions import Role
from knowledge.answers import load_answers
from knowledge.search import AnswerIndex
from knowledge.statute_library import StatuteLibrary
from settings import ROOT, Settings
from store.encryption import use_key
from store.files import EncryptedFiles
from store.unit_of_work import connect, unit_of_work_factory

log = structlog.get_logger()

PAGES = ROOT / "web" / "dist"
WORKERS = 32


def create_app(
    settings: Settings, dialogue: TurnService | None = None, now: Callable[[], datetime] | None = None
) -> FastAPI:
    """The gateway as an ASGI app.

    Args:
        dialogue: instead of Rasa, for tests.
        now: instead of the clock, for tests.
    """
    configure_logs()
    use_key(*settings.encryption_keys)
    engine = connect(settings.database_url)
    open_uow, open_reading = unit_of_work_factory(engine)
    reviewed = load_answers()
    services = Services(
        open_uow=open_uow,
        law=Law.load(settings.parameters_dir),
        answers=AnswerIndex(reviewed),
        now=now or (lambda: datetime.now(UTC)),
        statutes=StatuteLibrary(open_reading, reviewed, settings.cache_path),
    )

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        # The default is six threads on two cores: six citizens at a locked database would make all others wait.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(WORKERS, "gateway"))
        async with httpcore.AsyncConnectionPool(max_connections=30, keepalive_expiry=5.0) as connections:
            turns = dialogue or RasaTurns(
                connections,
                settings.dialogue_url,
                settings.dialogue_token.get_secret_value(),
                settings.turn_timeout_seconds,
            )
            news, canary = News(), Canary(turns)
            runner = TurnRunner(services, turns, canary, news)
            executor = actions_webhook.executor_for(services)
            app.state.gateway = Gateway(settings, services, open_reading, turns, canary, runner, news, executor)
            await asyncio.to_thread(_enrol_demo_operator, services, settings)
            if services.statutes:
                services.statutes.load_aside()
            sweep = asyncio.create_task(runner.sweep())
            sayings = asyncio.create_task(outbox.OutboxWorker(services, news).run())
            watch = asyncio.create_task(ApplicationWatch(services, EncryptedFiles(settings.proofs_path)).run())
            housekeeping = asyncio.create_task(Housekeeping(services).run())
            # What was loaded stays for ever; the collector need not walk through it, half a turn long, in every round.
            gc.collect()
            gc.freeze()
            log.info("gateway.started", database=engine.dialect.name)
            yield
            sweep.cancel()
            sayings.cancel()
            watch.cancel()
            housekeeping.cancel()
            await runner.drain()
        engine.dispose()

    app = FastAPI(
        title="援线 Yuanxian",
        description="12348 法律援助热线助手：咨询、资格初步判断、预约、申请、转人工。",
        version="0.1.0",
        lifespan=lifespan,
    )
    app.state.looks = articles.Looks()
    problems.install(app)
    app.add_middleware(Observe)
    for router in (
        web.router,
        articles.router,
        privacy.router,
        complaints.router,
        sessions.router,
        handoffs.router,
        ledger.router,
        work_orders.router,
        words.router,
        reports.router,
        record.router,
        complaints_desk.router,
        applications.router,
        attachments.router,
        appointments.router,
        appointments_desk.router,
        workstations.router,
        lawyers.router,
        search.router,
        outbox.router,
        applications_desk.router,
        application_review.router,
        eligibility.router,
        assist.router,
        health.router,
        actions_webhook.router,
    ):
        app.include_router(router)
    for page in ("chat", "console"):
        if (PAGES / page).is_dir():
            app.mount(f"/{page}", StaticFiles(directory=PAGES / page, html=True), name=page)
    return app


def _enrol_demo_operator(services: Services, settings: Settings) -> None:
    password, now = settings.operator_password.get_secret_value(), services.now()
    with services.open_uow() as uow:
        known = uow.operators.by_login("demo")
    if known is None or not operators.matches(known.password_hash, password):
        password_hash = operators.hash_password(password)
        with services.open_uow() as uow:
            operators.enrol(uow, "demo", password_hash, "演示值班员", now, Role.SUPERVISOR)
