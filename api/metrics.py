"""What is counted. Labels are few and never come from citizens."""

from prometheus_client import Counter, Histogram

TURNS = Counter("yuanxian_turns_total", "Citizens' messages handled", ["result"])
TURN_SECONDS = Histogram(
    "yuanxian_turn_seconds",
    "From taking up a message to its committed answer",
    buckets=(0.02, 0.04, 0.08, 0.16, 0.5, 1, 2, 5),
)
ACTIONS = Counter("yuanxian_actions_total", "Custom actions run", ["action", "result"])
OUTBOX = Counter("yuanxian_outbox_total", "Messages of the outbox tried", ["kind", "status"])
HTTP = Counter("yuanxian_http_requests_total", "Requests answered", ["route", "status"])
