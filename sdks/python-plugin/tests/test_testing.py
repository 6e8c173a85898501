import unittest

from opencomputer_plugin import Signal, StorageError, done, run_handler, tool


@tool("count")
def count(_arguments, context):
    value = context.storage.update("count", lambda before: (before or 0) + 1)
    return done(str(value), data=[context.idempotency_key, context.now])


@tool("fill")
def fill(arguments, context):
    context.storage.set(arguments["name"], "x" * arguments["size"])
    return done("kept")


class RunHandlerTest(unittest.TestCase):
    def test_calls_share_the_storage_that_they_are_given(self):
        values = {}
        for text in ("1", "2"):
            self.assertEqual(run_handler(count, storage=values)["text"], text)
        self.assertEqual(run_handler(count)["text"], "1")

    def test_the_circumstances_are_those_of_the_test(self):
        outcome = run_handler(count, idempotency_key="same", now=7)
        self.assertEqual(outcome["data"], ["same", 7])

    def test_a_cancelled_call_writes_nothing(self):
        signal, values = Signal(), {}
        signal.abort()
        with self.assertRaises(StorageError) as raised:
            run_handler(count, signal=signal, storage=values)
        self.assertEqual((raised.exception.problem, values), ("cancelled", {}))

    def test_a_value_or_a_name_beyond_the_limit_is_an_error_of_storage(self):
        for name, size, problem in (("a", 4_000_001, "too-large"), ("", 1, "name"), ("a" * 201, 1, "name")):
            with self.assertRaises(StorageError) as raised:
                run_handler(fill, {"name": name, "size": size})
            self.assertEqual(raised.exception.problem, problem)

    def test_a_tool_is_still_a_function_and_needs_a_name(self):
        self.assertEqual(fill.name, "fill")
        with self.assertRaises(TypeError):
            tool(lambda arguments, context: None)


if __name__ == "__main__":
    unittest.main()
