"""Owns a plugin's process: standard input and output as a session, until the host closes them.
Refuses to outlive its host, and to let anything but messages reach standard output."""

from __future__ import annotations

import os
import sys
import threading

from ._manifest import read_manifest_view
from ._session import Session
from ._tool import Tool

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO, Callable, Iterable, Optional

#: Longest message that is read.
MESSAGE_BYTES_MAX = 16_000_000
#: Time that running handlers have to end after the host has gone.
END_SECONDS_MAX = 0.8


def serve(tools: Optional[Iterable[Tool]] = None, directory: Optional[str] = None) -> None:
    """Serves tools over standard input and output (MCP 2026-07-28 and 2025-11-25, newline-delimited).

    Without `tools`, those that the program's own module holds. `directory` is where `manifest.json`
    is; None: the folder of the program. Does not return: the process ends with its standard input.
    """
    main = sys.modules["__main__"]
    if tools is None:
        tools = {
            id(each): each for each in vars(main).values() if isinstance(each, Tool)
        }.values()
    folder = directory or os.path.dirname(os.path.abspath(getattr(main, "__file__", "") or "."))
    # Whatever else the program or its children print becomes the log.
    sys.stdout.flush()
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    lock = threading.Lock()

    def send(line: str) -> None:
        with lock:
            try:
                output.write(line.encode("utf-8", "replace") + b"\n")
                output.flush()
            except (OSError, ValueError):
                # The host has gone: nobody is left to answer, or to tell.
                os._exit(0)

    def report(text: str) -> None:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()

    session = Session(tools, send, report, lambda: read_manifest_view(folder))
    try:
        read_lines(sys.stdin.buffer, session.receive, session.receive_oversize)
    except KeyboardInterrupt:
        pass
    session.close(END_SECONDS_MAX)
    sys.stderr.flush()
    os._exit(0)


def read_lines(
    source: BinaryIO,
    on_line: Callable[[str], None],
    on_oversize: Callable[[int], None],
    bytes_max: int = MESSAGE_BYTES_MAX,
) -> None:
    """Reads lines up to the end. An oversize one is thrown away and reported once; what has no line
    feed at the end is no message."""
    while True:
        line = source.readline(bytes_max + 1)
        if line.endswith(b"\n"):
            on_line(line.decode("utf-8", "replace"))
        elif len(line) <= bytes_max:
            return
        else:
            while line and not line.endswith(b"\n"):
                line = source.readline(bytes_max)
            on_oversize(bytes_max)
