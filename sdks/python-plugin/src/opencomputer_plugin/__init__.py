"""Author kit for OpenComputer plugins in Python: a decorated function is a tool."""

from ._context import Context, Signal, Storage, StorageError
from ._outcome import done, failed, refused, unknown
from ._serve import serve
from ._tool import Tool, tool
from .testing import run_handler

__all__ = [
    "Context",
    "Signal",
    "Storage",
    "StorageError",
    "Tool",
    "done",
    "failed",
    "refused",
    "run_handler",
    "serve",
    "tool",
    "unknown",
]

__version__ = "0.1.0"
