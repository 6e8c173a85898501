"""Owns the conversation with one client: reading messages, running handlers side by side, answering.
Refuses to stop for a bad message: it is answered with an error and the next one is read."""

from __future__ import annotations

import json
import threading

from . import _wire as wire
from ._context import Cancelled, Context, HostRefusal, Signal
from ._manifest import ManifestView, describe_tool
from ._outcome import awaited, failed, read_outcome, to_result

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Iterable, Optional

    from ._tool import Tool
    from ._wire import Json, JsonObject

#: Calls that run at the same time; one more is answered as busy.
CALLS_OPEN_MAX = 64
#: Requests to the host that one call may have open.
REQUESTS_OPEN_MAX = 16
#: Clients may keep the list of tools for this long.
LIST_TTL_MS = 3_600_000

_CANCELLED = failed("The call was cancelled.", "TURN_CANCELLED")


class _Waiting:
    """A request to the host that has no answer yet."""

    def __init__(self) -> None:
        self.event = threading.Event()
        self.message: Optional[JsonObject] = None


class _OpenCall:
    def __init__(self) -> None:
        self.signal = Signal()
        self.waiting: dict[str, _Waiting] = {}


class Session:
    """Serves tools to one client. `send` takes whole messages, from any thread, one at a time."""

    def __init__(
        self,
        tools: Iterable[Tool],
        send: Callable[[str], None],
        report: Callable[[str], None],
        manifest: Callable[[], ManifestView],
    ) -> None:
        self._tools: dict[str, Tool] = {}
        for each in tools:
            if each.name in self._tools:
                raise ValueError(f'Two tools have the name "{each.name}".')
            self._tools[each.name] = each
        self._send_line = send
        self._report = report
        self._manifest = manifest
        self._view: Optional[ManifestView] = None
        self._open: dict[Json, _OpenCall] = {}
        self._requests = 0
        self._running = 0
        self._lock = threading.Lock()
        self._ended = threading.Condition(self._lock)
        self._storage_lock = threading.RLock()

    def receive(self, line: str) -> None:
        """Takes one line from the client. Never raises."""
        if line.strip() == "":
            return
        try:
            message = json.loads(line)
        except (ValueError, RecursionError):
            self._refuse(None, wire.PARSE, "Not valid JSON.")
            return
        if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
            self._refuse(None, wire.REQUEST, "Not a JSON-RPC 2.0 message.")
            return
        method, identifier = message.get("method"), message.get("id")
        params = wire.as_object(message.get("params"))
        if not isinstance(method, str):
            self._receive_answer(message)
        elif "id" not in message:
            self._receive_notification(method, params)
        elif wire.is_request_id(identifier):
            self._receive_request(identifier, method, params)
        else:
            self._refuse(None, wire.REQUEST, "The id must be a string or a number.")

    def receive_oversize(self, bytes_max: int) -> None:
        """Says that a message was too long to be read."""
        self._refuse(None, wire.REQUEST, f"A message may have {bytes_max} bytes.")

    def close(self, seconds_max: float) -> None:
        """Cancels every call; returns when their handlers have ended, or the time is up."""
        with self._lock:
            identifiers = list(self._open)
        for identifier in identifiers:
            self._cancel(identifier)
        with self._ended:
            self._ended.wait_for(lambda: self._running == 0, seconds_max)

    def _send(self, message: JsonObject) -> None:
        self._send_line(json.dumps(message, ensure_ascii=False, separators=(",", ":")))

    def _refuse(self, identifier: Json, code: int, message: str, data: Json = None) -> None:
        self._send(wire.refusal(identifier, code, message, data))

    def _receive_notification(self, method: str, params: JsonObject) -> None:
        identifier = params.get("requestId")
        if method == "notifications/cancelled" and wire.is_request_id(identifier):
            self._cancel(identifier)

    def _receive_request(self, identifier: Json, method: str, params: JsonObject) -> None:
        meta = wire.as_object(params.get("_meta"))
        modern = wire.VERSION_META in meta
        version = meta.get(wire.VERSION_META)
        if modern and version != wire.MODERN_VERSION:
            supported = [wire.MODERN_VERSION, *wire.LEGACY_VERSIONS]
            data = {"supported": supported, "requested": version}
            self._refuse(identifier, wire.VERSION, "Unsupported protocol version", data)
        elif modern and not isinstance(meta.get(wire.CAPABILITIES_META), dict):
            self._refuse(identifier, wire.PARAMETERS, f"_meta needs {wire.CAPABILITIES_META}.")
        elif method == "tools/call":
            self._start_call(identifier, params, modern)
        elif modern:
            self._answer_modern(identifier, method)
        else:
            self._answer_legacy(identifier, method, params)

    def _answer_modern(self, identifier: Json, method: str) -> None:
        cache = {"ttlMs": LIST_TTL_MS, "cacheScope": "public"}
        if method == "server/discover":
            result = {"supportedVersions": [wire.MODERN_VERSION], "capabilities": {"tools": {}}}
            self._answer(identifier, {**result, **cache}, True)
        elif method == "tools/list":
            self._answer(identifier, {"tools": self._list(True), **cache}, True)
        else:
            self._refuse(identifier, wire.METHOD, f"Unknown method: {method}")

    def _answer_legacy(self, identifier: Json, method: str, params: JsonObject) -> None:
        if method == "initialize":
            requested = params.get("protocolVersion")
            known = requested in wire.LEGACY_VERSIONS
            view = self._read_view()
            result = {
                "protocolVersion": requested if known else wire.LEGACY_VERSIONS[0],
                "capabilities": {"tools": {}},
                "serverInfo": {"name": view.name, "version": view.version},
            }
            self._answer(identifier, result, False)
        elif method == "ping":
            self._answer(identifier, {}, False)
        elif method == "tools/list":
            self._answer(identifier, {"tools": self._list(False)}, False)
        elif method == "server/discover":
            self._refuse(identifier, wire.PARAMETERS, f"_meta needs {wire.VERSION_META}.")
        else:
            self._refuse(identifier, wire.METHOD, f"Unknown method: {method}")

    def _answer(self, identifier: Json, result: JsonObject, modern: bool) -> None:
        self._send(wire.answer(identifier, self._stamp(result) if modern else result))

    def _stamp(self, result: JsonObject) -> JsonObject:
        """What every result carries since 2026-07-28: its type and who answered."""
        view = self._read_view()
        server = {wire.SERVER_META: {"name": view.name, "version": view.version}}
        meta = {**wire.as_object(result.get("_meta")), **server}
        return {**result, "resultType": "complete", "_meta": meta}

    def _read_view(self) -> ManifestView:
        if self._view is None:
            self._view = self._manifest()
        return self._view

    def _list(self, modern: bool) -> list[JsonObject]:
        declared = self._read_view().tools
        return [
            describe_tool(each.name, each.outline or declared.get(each.name, {}), modern)
            for each in self._tools.values()
        ]

    def _start_call(self, identifier: Json, params: JsonObject, modern: bool) -> None:
        name, arguments = params.get("name"), params.get("arguments", {})
        found = self._tools.get(name) if isinstance(name, str) else None
        if found is None:
            self._refuse(identifier, wire.PARAMETERS, f"Unknown tool: {json.dumps(name)}")
            return
        if not isinstance(arguments, dict):
            self._refuse(identifier, wire.PARAMETERS, "The arguments must be an object.")
            return
        with self._lock:
            if identifier in self._open:
                problem = (wire.REQUEST, "A call with this id is running.")
            elif len(self._open) >= CALLS_OPEN_MAX:
                problem = (wire.BUSY, f"{CALLS_OPEN_MAX} calls are running.")
            else:
                problem = None
                call = self._open[identifier] = _OpenCall()
                self._running += 1
        if problem is not None:
            self._refuse(identifier, *problem)
            return
        given = wire.as_object(params.get("_meta")).get(wire.CALL_META)

        def run() -> None:
            outcome = self._run(found, arguments, identifier, call, given)
            with self._lock:
                del self._open[identifier]
            self._finish(identifier, call, outcome, modern)
            with self._ended:
                self._running -= 1
                self._ended.notify_all()

        threading.Thread(target=run, name=found.name, daemon=True).start()

    def _finish(
        self, identifier: Json, call: _OpenCall, outcome: JsonObject, modern: bool
    ) -> None:
        """A cancelled call gets no answer (MCP); the host is told that its handler has ended."""
        if call.signal.aborted:
            params = {"requestId": identifier}
            self._send({"jsonrpc": "2.0", "method": wire.STOPPED_METHOD, "params": params})
        else:
            self._answer(identifier, to_result(outcome), modern)

    def _run(
        self, found: Tool, arguments: JsonObject, identifier: Json, call: _OpenCall, given: Json
    ) -> JsonObject:
        """Runs one handler. Never raises: what it raises is a failure, told in full to the log only."""
        context = Context(
            given,
            call.signal,
            lambda method, params: self._ask(identifier, call, method, params),
            lambda *request: self._call_service(identifier, call, *request),
            self._storage_lock,
        )
        try:
            outcome = read_outcome(awaited(found.handler(arguments, context)))
            # What cannot be sent must fail here, where it is told as a failure of the tool.
            json.dumps(outcome, allow_nan=False)
            return outcome
        except Exception as error:
            import traceback

            if not isinstance(error, Cancelled):
                self._report(f"{found.name}: {traceback.format_exc()}")
            return failed(f"{found.name} failed: {error or type(error).__name__}"[:300])

    def _call_service(
        self, identifier: Json, call: _OpenCall, service: str, operation: str, input: JsonObject
    ) -> JsonObject:
        params = {"service": service, "operation": operation, "input": input}
        try:
            return read_outcome(self._ask(identifier, call, wire.SERVICE_METHOD, params))
        except Cancelled:
            return _CANCELLED
        except HostRefusal as error:
            code = "SERVICE_BUSY" if error.data == "busy" else "TOOL_FAILED"
            return failed(f"The host refused: {error}", code)

    def _ask(
        self, identifier: Json, call: _OpenCall, method: str, params: JsonObject
    ) -> JsonObject:
        """A request to the host in the name of a call; raises Cancelled or HostRefusal."""
        waiting = _Waiting()
        with self._lock:
            if call.signal.aborted:
                raise Cancelled("The call was cancelled.")
            if len(call.waiting) >= REQUESTS_OPEN_MAX:
                raise HostRefusal(f"At most {REQUESTS_OPEN_MAX} requests may be open.", "busy")
            self._requests += 1
            request = f"request-{self._requests}"
            call.waiting[request] = waiting
        params = {**params, "call": identifier}
        self._send({"jsonrpc": "2.0", "id": request, "method": method, "params": params})
        waiting.event.wait()
        if waiting.message is None:
            raise Cancelled("The call was cancelled.")
        result = waiting.message.get("result")
        if isinstance(result, dict):
            return result
        error = wire.as_object(waiting.message.get("error"))
        raise HostRefusal(str(error.get("message", "no outcome")), error.get("data"))

    def _receive_answer(self, message: JsonObject) -> None:
        identifier = message.get("id")
        if not isinstance(identifier, str):
            return
        with self._lock:
            for call in self._open.values():
                waiting = call.waiting.pop(identifier, None)
                if waiting is not None:
                    waiting.message = message
                    waiting.event.set()

    def _cancel(self, identifier: Json) -> None:
        with self._lock:
            call = self._open.get(identifier)
            if call is None:
                return
            call.signal.abort()
            for waiting in call.waiting.values():
                waiting.event.set()
            call.waiting.clear()
