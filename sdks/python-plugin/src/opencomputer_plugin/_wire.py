"""Owns the names and shapes on the wire between a plugin and its host: JSON-RPC 2.0 and MCP,
revisions 2026-07-28 and 2025-11-25. Refuses behaviour beyond telling them apart."""

from __future__ import annotations

import math

# typing costs milliseconds at every start; type checkers read this all the same
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Json = Any
    JsonObject = dict[str, Any]

#: The stateless revision: every request names its version.
MODERN_VERSION = "2026-07-28"
#: Revisions that start with `initialize`; the first one is offered to a client that asks for another.
LEGACY_VERSIONS = ["2025-11-25", "2025-06-18"]

VERSION_META = "io.modelcontextprotocol/protocolVersion"
CAPABILITIES_META = "io.modelcontextprotocol/clientCapabilities"
SERVER_META = "io.modelcontextprotocol/serverInfo"
#: In a request: the circumstances of the call.
CALL_META = "opencomputer/call"
#: In a result: the status, the code and the timers of the outcome.
OUTCOME_META = "opencomputer/outcome"
#: In a result: data that is not an object, which `structuredContent` cannot carry.
DATA_META = "opencomputer/data"
#: Plugin to host: an operation of a required service.
SERVICE_METHOD = "opencomputer/call"
#: Plugin to host: a value of the plugin's storage.
STORAGE_METHOD = "opencomputer/storage"
#: Plugin to host: the handler of a cancelled call has ended.
STOPPED_METHOD = "notifications/opencomputer/stopped"

PARSE = -32700
REQUEST = -32600
METHOD = -32601
PARAMETERS = -32602
VERSION = -32022
BUSY = -32000


def is_request_id(value: Json) -> bool:
    """True for what JSON-RPC allows as the id of a request that wants an answer."""
    if isinstance(value, str):
        return True
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def as_object(value: Json) -> JsonObject:
    """The value when it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def answer(identifier: Json, result: JsonObject) -> JsonObject:
    """A successful answer."""
    return {"jsonrpc": "2.0", "id": identifier, "result": result}


def refusal(identifier: Json, code: int, message: str, data: Json = None) -> JsonObject:
    """An error answer; the id is None when the request could not be read."""
    error = {"code": code, "message": message}
    if data is not None:
        error["data"] = data
    return {"jsonrpc": "2.0", "id": identifier, "error": error}
