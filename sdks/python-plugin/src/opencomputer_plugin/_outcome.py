"""Owns the two forms of an outcome: what a handler returns and the result of `tools/call`. Refuses
an outcome of the wrong shape: it becomes a failure, never a broken message."""

from __future__ import annotations

from . import _wire as wire

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._wire import Json, JsonObject


def done(text: str, data: Json = None, timers: list[JsonObject] | None = None) -> JsonObject:
    """The call did what it should. `text` is for a person and the model, `data` is plain JSON."""
    outcome: JsonObject = {"status": "done", "text": text}
    if data is not None:
        outcome["data"] = data
    if timers is not None:
        outcome["timers"] = timers
    return outcome


def refused(text: str) -> JsonObject:
    """A no that the model can read: nothing found, a wrong path, not allowed."""
    return {"status": "refused", "text": text}


def unknown(text: str) -> JsonObject:
    """The effect may have happened, and nobody can tell."""
    return {"status": "unknown", "text": text}


def failed(text: str, code: str = "TOOL_FAILED") -> JsonObject:
    """A fault, such as a server that cannot be reached. A defect is raised instead."""
    return {"status": "failed", "text": text, "code": code}


def read_outcome(value: Json) -> JsonObject:
    """The outcome that `value` is; anything else is a failure that says so."""
    given = wire.as_object(value)
    status, text = given.get("status"), given.get("text")
    if isinstance(text, str):
        if status in ("refused", "unknown"):
            return {"status": status, "text": text}
        if status == "failed":
            code = given.get("code")
            return failed(text, code if isinstance(code, str) else "TOOL_FAILED")
        if status == "done":
            timers = given.get("timers")
            return done(text, given.get("data"), timers if isinstance(timers, list) else None)
    return failed("The tool returned something that is not an outcome.")


def to_result(outcome: JsonObject) -> JsonObject:
    """The result of `tools/call` (MCP, `CallToolResult`) that carries an outcome."""
    status, data = outcome["status"], outcome.get("data")
    circumstances = {"status": status}
    for key in ("code", "timers"):
        if key in outcome:
            circumstances[key] = outcome[key]
    meta: JsonObject = {wire.OUTCOME_META: circumstances}
    result: JsonObject = {"content": [{"type": "text", "text": outcome["text"]}]}
    if isinstance(data, dict):
        result["structuredContent"] = data
    elif data is not None:
        meta[wire.DATA_META] = data
    if status != "done":
        result["isError"] = True
    result["_meta"] = meta
    return result


def awaited(value: Json) -> Json:
    """What a handler returned; that of an `async` one is waited for, in a loop of its own."""
    if not hasattr(value, "__await__"):
        return value
    # asyncio costs 50 ms to load, which only `async` handlers pay
    import asyncio

    async def wait() -> Json:
        return await value

    return asyncio.run(wait())
