"""A plugin that shows what its handlers are given; driven by the tests on the wire."""

import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "src"))

from opencomputer_plugin import done, refused, serve, tool  # noqa: E402


@tool("echo")
def echo(arguments, context):
    print("printed, and not on the wire")
    return done(str(arguments.get("text", "")), data=arguments)


@tool({"name": "context", "description": "Shows the context.", "input": {}, "effect": "read"})
def show(_arguments, context):
    circumstances = [context.idempotency_key, context.now, context.time_zone, context.folders]
    return done("context", data=circumstances)


@tool("refuse")
def refuse(_arguments, _context):
    return refused("no")


@tool("raise")
def broken(_arguments, _context):
    raise KeyError("x" * 1_000)


@tool("nonsense")
def nonsense(_arguments, _context):
    return {"status": "done", "text": "not a number", "data": float("nan")}


@tool("wait")
def wait(_arguments, context):
    sys.stderr.write("waiting\n")
    sys.stderr.flush()
    context.signal.wait(60)
    return done("late")


@tool("stubborn")
def stubborn(_arguments, _context):
    time.sleep(60)


@tool("later")
async def later(arguments, _context):
    return done("awaited")


@tool("service")
def service(arguments, context):
    return context.call("calendar", "list", arguments)


@tool("count")
def count(_arguments, context):
    return done(str(context.storage.update("count", lambda value: (value or 0) + 1)))


if __name__ == "__main__":
    serve()
