"""Where Rasa runs the custom actions: in this process, beside the services they call."""

import json
import time
import zlib
from typing import Any

import structlog
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

from actions.all_actions import ALL_ACTIONS
from actions.base import Services
from api.gateway import TheGateway, require_dialogue
from api.metrics import ACTIONS

log = structlog.get_logger()
router = APIRouter(include_in_schema=False)


def executor_for(services: Services) -> ActionExecutor:
    """An executor that knows all our actions, each with its services."""
    executor = ActionExecutor()
    for action in ALL_ACTIONS:
        executor.register_action(action(services))
    return executor


@router.post("/actions/webhook", dependencies=[Depends(require_dialogue)])
async def run_action(request: Request, here: TheGateway) -> JSONResponse:
    """Run one action for Rasa; 400 and 404 tell Rasa that it was rejected or is unknown."""
    body = await request.body()
    try:
        if request.headers.get("content-encoding") == "deflate":
            body = zlib.decompress(body)
        call: dict[str, Any] = dict(json.loads(body))
    except (zlib.error, ValueError, TypeError):
        return JSONResponse({"error": "malformed", "action_name": ""}, 400)
    call.setdefault("domain", {})  # it is not sent (bot/action_calls.py) and no action reads it
    begun, name = time.perf_counter(), str(call.get("next_action"))
    try:
        result = await here.executor.run(call)
    except ActionExecutionRejection as error:
        ACTIONS.labels(name, "rejected").inc()
        return JSONResponse({"error": str(error), "action_name": error.action_name}, 400)
    except ActionNotFoundException as error:
        return JSONResponse({"error": str(error), "action_name": error.action_name}, 404)
    ACTIONS.labels(name, "run").inc()
    log.info("action.run", action=name, ms=round((time.perf_counter() - begun) * 1000, 1))
    return JSONResponse(result.model_dump() if result else {"events": [], "responses": []})
