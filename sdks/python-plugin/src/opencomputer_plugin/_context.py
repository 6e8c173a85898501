"""Owns what a handler is given with a call, made from what the host sent with it. Refuses ambient
values: the clock, zone, folders and storage are those of the call."""

from __future__ import annotations

import threading
import time

from . import _wire as wire

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Optional

    from ._wire import Json, JsonObject

    #: Sends a request to the host while the call is open; gives `result`, or raises HostRefusal.
    HostRequest = Callable[[str, JsonObject], JsonObject]

#: Largest value, in bytes of its JSON text.
STORAGE_VALUE_BYTES_MAX = 4_000_000
NAME_CHARACTERS_MAX = 200


class Cancelled(Exception):
    """Raised in a handler whose call was cancelled, by `raise_if_aborted`."""


class StorageError(Exception):
    """Raised by storage. `problem`: damaged, too-large, cancelled, absent or name."""

    def __init__(self, problem: str, message: str) -> None:
        super().__init__(message)
        self.problem = problem


class HostRefusal(Exception):
    """The host answered a request with an error; `data` may say more."""

    def __init__(self, message: str, data: Json = None) -> None:
        super().__init__(message)
        self.data = data


class Signal:
    """Says when a call was cancelled; a handler must stop then."""

    def __init__(self) -> None:
        self._event = threading.Event()

    @property
    def aborted(self) -> bool:
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """Waits, at most so long; True when the call was cancelled meanwhile."""
        return self._event.wait(seconds)

    def raise_if_aborted(self) -> None:
        if self._event.is_set():
            raise Cancelled("The call was cancelled.")

    def abort(self) -> None:
        """For the host and for tests."""
        self._event.set()


class Storage:
    """The plugin's own store for one person, which the host seals and keeps."""

    def __init__(self, request: HostRequest, signal: Signal, lock: threading.RLock) -> None:
        self._request = request
        self._signal = signal
        self._lock = lock

    def get(self, name: str, default: Json = None) -> Json:
        """The value, or `default` when there is none."""
        return self._ask("get", name).get("value", default)

    def set(self, name: str, value: Json) -> None:
        """Replaces the value at once and durably; a crash leaves the old one or the new one."""
        import json

        size = len(json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace"))
        if size > STORAGE_VALUE_BYTES_MAX:
            limit = f"at most {STORAGE_VALUE_BYTES_MAX} are kept."
            raise StorageError("too-large", f"The value is {size} bytes; {limit}")
        with self._lock:
            self._refuse_cancelled()
            self._ask("set", name, {"value": value})

    def delete(self, name: str) -> None:
        with self._lock:
            self._refuse_cancelled()
            self._ask("delete", name)

    def update(self, name: str, change: Callable[[Json], Json]) -> Json:
        """Replaces the value by `change(value)`, with no other write of this process between.
        `change` gets None when there is no value, and returning None changes nothing."""
        with self._lock:
            value = change(self.get(name))
            if value is not None:
                self.set(name, value)
            return value

    def _refuse_cancelled(self) -> None:
        if self._signal.aborted:
            raise StorageError("cancelled", "The call was cancelled.")

    def _ask(self, operation: str, name: str, more: Optional[JsonObject] = None) -> JsonObject:
        if not 1 <= len(name) <= NAME_CHARACTERS_MAX:
            raise StorageError("name", f"A name has 1 to {NAME_CHARACTERS_MAX} characters.")
        try:
            return self._request(
                wire.STORAGE_METHOD, {"operation": operation, "name": name, **(more or {})}
            )
        except HostRefusal as error:
            problem = wire.as_object(error.data).get("problem")
            raise StorageError(problem if isinstance(problem, str) else "absent", str(error)) from None
        except Cancelled as error:
            raise StorageError("cancelled", str(error)) from None


def _no_storage(_method: str, _params: JsonObject) -> JsonObject:
    raise HostRefusal("This host offers no storage.")


class Context:
    """The circumstances of one call; what is absent or of the wrong type is what harms least."""

    def __init__(
        self,
        given: Json,
        signal: Signal,
        request: HostRequest,
        call: Callable[[str, str, JsonObject], JsonObject],
        storage_lock: threading.RLock,
    ) -> None:
        circumstances = wire.as_object(given)
        key, now = circumstances.get("idempotencyKey"), circumstances.get("now")
        zone, folders = circumstances.get("timeZone"), circumstances.get("folders")
        is_time = isinstance(now, (int, float)) and not isinstance(now, bool)
        self.signal = signal
        #: The same for every retry of one call; an effect must happen once per key.
        self.idempotency_key: str = key if isinstance(key, str) else _made_key()
        #: Milliseconds since the Unix epoch; the instant that "now" means in this call.
        self.now: float = now if is_time else time.time_ns() // 1_000_000
        #: IANA zone of the person.
        self.time_zone: str = zone if isinstance(zone, str) else "UTC"
        #: Folders that the person granted, absolute; the first one is where the person works.
        self.folders: list[str] = (
            [each for each in folders if isinstance(each, str)] if isinstance(folders, list) else []
        )
        offered = circumstances.get("storage") not in (None, False)
        self.storage = Storage(request if offered else _no_storage, signal, storage_lock)
        self._call = call

    def call(self, service: str, operation: str, input: JsonObject) -> JsonObject:
        """Calls an operation of a required service through the host, under its policy; an outcome."""
        return self._call(service, operation, input)


def _made_key() -> str:
    import uuid

    return str(uuid.uuid4())
