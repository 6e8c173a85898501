"""Owns reading what the kit needs of `manifest.json`: name, version and declared tools. Refuses to
judge it: the host validates manifests, and a plugin without one still runs."""

from __future__ import annotations

import json
import os

from . import _wire as wire

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._wire import JsonObject


class ManifestView:
    """The part of a manifest that a plugin tells its clients."""

    def __init__(self, name: str, version: str, tools: dict[str, JsonObject]) -> None:
        self.name = name
        self.version = version
        self.tools = tools


def read_manifest_view(directory: str) -> ManifestView:
    """Reads `manifest.json` in a folder; an absent or broken one gives a nameless plugin."""
    try:
        with open(os.path.join(directory, "manifest.json"), encoding="utf-8") as file:
            value = wire.as_object(json.load(file))
    except (OSError, ValueError, RecursionError):
        value = {}
    name, version = value.get("name"), value.get("version")
    declared = wire.as_object(value.get("provides")).get("tools")
    tools = {
        each["name"]: each
        for each in (declared if isinstance(declared, list) else [])
        if isinstance(each, dict) and isinstance(each.get("name"), str)
    }
    return ManifestView(
        name if isinstance(name, str) else "plugin",
        version if isinstance(version, str) else "0.0.0",
        tools,
    )


def describe_tool(name: str, declaration: JsonObject, modern: bool) -> JsonObject:
    """A tool as `tools/list` shows it, with the hints that its effect implies."""
    description, effect = declaration.get("description"), declaration.get("effect")
    output, idempotent = declaration.get("output"), declaration.get("idempotent")
    hints: JsonObject = {}
    if isinstance(effect, str):
        hints = {"readOnlyHint": effect == "read", "destructiveHint": effect == "irreversible"}
    if isinstance(idempotent, bool):
        hints["idempotentHint"] = idempotent
    described: JsonObject = {
        "name": name,
        "description": description if isinstance(description, str) else "",
        "inputSchema": {"type": "object", **wire.as_object(declaration.get("input"))},
    }
    if isinstance(output, dict) and (modern or output.get("type") == "object"):
        described["outputSchema"] = output
    if hints:
        described["annotations"] = hints
    return described
