import unittest

from opencomputer_plugin import _outcome as outcome


class OutcomeTest(unittest.TestCase):
    def test_what_is_not_an_outcome_is_a_failure(self):
        for value in (None, "done", [], {}, {"status": "done"}, {"status": "odd", "text": "x"}):
            self.assertEqual(outcome.read_outcome(value)["status"], "failed", value)

    def test_only_what_belongs_to_a_status_is_kept(self):
        given = {"status": "refused", "text": "no", "data": 1, "code": "X"}
        self.assertEqual(outcome.read_outcome(given), {"status": "refused", "text": "no"})

    def test_data_that_is_no_object_travels_beside_structured_content(self):
        result = outcome.to_result(outcome.done("two", data=[1, 2], timers=[{"id": "a"}]))
        self.assertNotIn("structuredContent", result)
        self.assertEqual(result["_meta"]["opencomputer/data"], [1, 2])
        self.assertEqual(result["_meta"]["opencomputer/outcome"]["timers"], [{"id": "a"}])
        self.assertNotIn("isError", result)
        self.assertEqual(outcome.to_result(outcome.done("x", data={"a": 1}))["structuredContent"], {"a": 1})

    def test_everything_but_done_is_an_error_with_its_status(self):
        for given in (outcome.refused("a"), outcome.unknown("b"), outcome.failed("c", "CODE")):
            result = outcome.to_result(given)
            self.assertIs(result["isError"], True)
            self.assertEqual(result["_meta"]["opencomputer/outcome"]["status"], given["status"])


if __name__ == "__main__":
    unittest.main()
