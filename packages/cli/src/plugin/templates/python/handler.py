"""The tools of sample-plugin."""

from opencomputer_plugin import done, refused, serve, tool


@tool("sample_plugin_greet")
def greet(arguments, context):
    context.signal.raise_if_aborted()
    name = arguments["name"].strip()
    if not any(character.isalpha() for character in name):
        return refused("That is no name: it has no letter.")
    return done(f"Hello, {name}!", data={"name": name})


if __name__ == "__main__":
    serve()
