"""Tests of the tools: python3 -m unittest."""

import unittest

from handler import greet
from opencomputer_plugin import run_handler


class GreetTest(unittest.TestCase):
    def test_a_person_is_greeted_by_name(self):
        outcome = run_handler(greet, {"name": " Ada "})
        self.assertEqual(outcome, {"status": "done", "text": "Hello, Ada!", "data": {"name": "Ada"}})

    def test_what_has_no_letter_is_no_name(self):
        self.assertEqual(run_handler(greet, {"name": "!"})["status"], "refused")


if __name__ == "__main__":
    unittest.main()
