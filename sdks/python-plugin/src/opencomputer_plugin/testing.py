"""Owns running a handler in the process of a test, with storage in memory. Refuses to be a host: no
policy, no schema check, no time limit."""

from __future__ import annotations

import json
import threading

from ._context import Context, Signal
from ._outcome import awaited, failed, read_outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Optional

    from ._tool import Tool
    from ._wire import JsonObject

#: 2026-01-05T09:00:00Z, a Monday.
MONDAY_MORNING = 1_767_603_600_000


def run_handler(
    tool: Tool,
    arguments: Optional[JsonObject] = None,
    *,
    idempotency_key: Optional[str] = None,
    now: float = MONDAY_MORNING,
    time_zone: str = "UTC",
    folders: Optional[list[str]] = None,
    signal: Optional[Signal] = None,
    storage: Optional[dict[str, str]] = None,
    services: Optional[Callable[[str, str, JsonObject], JsonObject]] = None,
) -> JsonObject:
    """Runs the handler of one tool and returns its outcome as the host would see it. Raises what the
    handler raises. Give the same dictionary as `storage` to calls that share it."""
    values = {} if storage is None else storage

    def request(_method: str, params: JsonObject) -> JsonObject:
        operation, name = params["operation"], params["name"]
        if operation == "set":
            values[name] = json.dumps(params["value"])
        elif operation == "delete":
            values.pop(name, None)
        elif name in values:
            return {"value": json.loads(values[name])}
        return {}

    circumstances = {"now": now, "timeZone": time_zone, "folders": folders or [], "storage": True}
    if idempotency_key is not None:
        circumstances["idempotencyKey"] = idempotency_key
    context = Context(
        circumstances, signal or Signal(), request, services or _no_services, threading.RLock()
    )
    value = awaited(tool.handler(arguments or {}, context))
    return read_outcome(json.loads(json.dumps(value, allow_nan=False)))


def _no_services(service: str, _operation: str, _input: JsonObject) -> JsonObject:
    return failed(f'No installed plugin provides the service "{service}".', "SERVICE_UNKNOWN")
