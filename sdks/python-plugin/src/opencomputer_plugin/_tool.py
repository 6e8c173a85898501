"""Owns the form in which an author writes a tool: a name or a declaration, and a function. Refuses
anything but a pairing: what a tool may do stands in the manifest."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Optional, Union

    from ._context import Context
    from ._wire import JsonObject

    Handler = Callable[[JsonObject, Context], Any]


class Tool:
    """A tool with its handler, ready to be served; it can still be called as the function."""

    def __init__(self, name: str, outline: Optional[JsonObject], handler: Handler) -> None:
        self.name = name
        #: None: read from `manifest.json` beside the program.
        self.outline = outline
        self.handler = handler
        self.__doc__ = handler.__doc__

    def __call__(self, arguments: JsonObject, context: Context) -> Any:
        return self.handler(arguments, context)


def tool(declaration: Union[str, JsonObject]) -> Callable[[Handler], Tool]:
    """Makes a function a tool. With a name, the rest is read from `manifest.json`.

    The function takes the arguments, which the host has checked, and a Context. It must return an
    outcome, raise only for defects, and stop on `context.signal`.
    """
    if isinstance(declaration, str):
        return lambda handler: Tool(declaration, None, handler)
    if callable(declaration):
        raise TypeError('Write @tool("name"): a tool needs the name that the manifest declares.')
    return lambda handler: Tool(declaration["name"], declaration, handler)
