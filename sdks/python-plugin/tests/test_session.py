import json
import os
import subprocess
import sys
import unittest

PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "echo.py")
MODERN = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {},
}


class SessionTest(unittest.TestCase):
    """Each test talks to a process of its own, as a host does."""

    def setUp(self):
        self.process = subprocess.Popen(
            [sys.executable, "-B", PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def tearDown(self):
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            stream.close()

    def send(self, message):
        line = message if isinstance(message, str) else json.dumps({"jsonrpc": "2.0", **message})
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def read(self):
        return json.loads(self.process.stdout.readline())

    def ask(self, method, params=None, identifier=1):
        self.send({"id": identifier, "method": method, "params": params or {}})
        return self.read()

    def call(self, tool, arguments=None, meta=None, identifier=1):
        params = {"name": tool, "arguments": arguments or {}, "_meta": {**MODERN, **(meta or {})}}
        self.send({"id": identifier, "method": "tools/call", "params": params})

    def test_every_bad_message_gets_its_error_and_the_next_good_one_its_answer(self):
        cases = [
            ('{"jsonrpc":', -32700),
            ("[" * 100_000, -32700),
            ("[]", -32600),
            ('{"id":1,"method":"ping"}', -32600),
            ({"id": None, "method": "ping"}, -32600),
            ({"id": True, "method": "ping"}, -32600),
            ({"id": 1, "method": "nothing"}, -32601),
            ({"id": 1, "method": "tools/call", "params": {"name": "nothing"}}, -32602),
            ({"id": 1, "method": "tools/call", "params": {"name": ["a"]}}, -32602),
            ({"id": 1, "method": "tools/call", "params": {"name": "echo", "arguments": []}}, -32602),
            ({"id": 1, "method": "server/discover"}, -32602),
        ]
        for message, code in cases:
            self.send(message)
            self.assertEqual(self.read()["error"]["code"], code, message)
        self.send("")
        self.send({"method": "notifications/unknown"})
        self.send({"id": "x", "result": {}})
        self.call("echo", {"text": "fine"})
        self.assertEqual(self.read()["result"]["content"][0]["text"], "fine")

    def test_the_newer_revision_names_itself_and_stamps_every_result(self):
        result = self.ask("server/discover", {"_meta": MODERN})["result"]
        self.assertEqual(result["supportedVersions"], ["2026-07-28"])
        self.assertEqual((result["resultType"], result["ttlMs"]), ("complete", 3_600_000))
        self.assertEqual(self.ask("ping", {"_meta": MODERN})["error"]["code"], -32601)
        later = {**MODERN, "io.modelcontextprotocol/protocolVersion": "2030-01-01"}
        self.assertEqual(self.ask("tools/list", {"_meta": later})["error"]["code"], -32022)
        incomplete = {"io.modelcontextprotocol/protocolVersion": "2026-07-28"}
        self.assertEqual(self.ask("tools/list", {"_meta": incomplete})["error"]["code"], -32602)

    def test_the_older_revision_is_agreed_to_and_any_other_offered_the_newest(self):
        for asked, agreed in (("2025-11-25",) * 2, ("2025-06-18",) * 2, ("1", "2025-11-25")):
            result = self.ask("initialize", {"protocolVersion": asked})["result"]
            self.assertEqual(result["protocolVersion"], agreed)
        self.assertEqual(self.ask("ping")["result"], {})
        tools = self.ask("tools/list")["result"]["tools"]
        self.assertEqual(tools[1]["description"], "Shows the context.")

    def test_what_is_printed_goes_to_the_log(self):
        self.call("echo", {"text": "a"})
        self.assertEqual(self.read()["id"], 1)
        self.process.stdin.close()
        self.assertIn(b"printed", self.process.stderr.read())
        self.assertEqual(self.process.wait(5), 0)

    def test_the_circumstances_are_those_of_the_call(self):
        meta = {"opencomputer/call": {"idempotencyKey": "k", "now": 5, "folders": ["/a", 1]}}
        self.call("context", meta=meta)
        data = self.read()["result"]["_meta"]["opencomputer/data"]
        self.assertEqual(data, ["k", 5, "UTC", ["/a"]])

    def test_outcomes_have_their_status_and_a_defect_is_short(self):
        for tool, status in (("refuse", "refused"), ("raise", "failed"), ("nonsense", "failed")):
            self.call(tool)
            result = self.read()["result"]
            self.assertEqual(result["_meta"]["opencomputer/outcome"]["status"], status)
            self.assertLessEqual(len(result["content"][0]["text"]), 300)
        self.call("later")
        self.assertEqual(self.read()["result"]["content"][0]["text"], "awaited")

    def test_a_cancelled_call_gets_no_answer_and_the_host_hears_of_its_end(self):
        self.call("wait", identifier=1)
        self.send({"method": "notifications/cancelled", "params": {"requestId": 1}})
        self.send({"method": "notifications/cancelled", "params": {"requestId": [99]}})
        stopped = {"method": "notifications/opencomputer/stopped", "params": {"requestId": 1}}
        self.assertEqual(self.read(), {"jsonrpc": "2.0", **stopped})

    def test_one_call_more_than_the_limit_is_busy_and_calls_run_side_by_side(self):
        for identifier in range(65):
            self.call("wait", identifier=identifier)
        answer = self.read()
        self.assertEqual((answer["id"], answer["error"]["code"]), (64, -32000))
        self.assertEqual(self.ask("tools/call", {"name": "echo"}, 1)["error"]["code"], -32600)

    def test_a_service_call_goes_to_the_host_with_its_call_and_comes_back(self):
        self.call("service", {"day": "monday"}, identifier=7)
        request = self.read()
        self.assertEqual(request["method"], "opencomputer/call")
        params = {"service": "calendar", "operation": "list", "input": {"day": "monday"}, "call": 7}
        self.assertEqual(request["params"], params)
        self.send({"id": request["id"], "result": {"status": "done", "text": "two events"}})
        self.assertEqual(self.read()["result"]["content"][0]["text"], "two events")
        self.call("service", identifier=8)
        self.send({"id": self.read()["id"], "error": {"code": -32600, "message": "no"}})
        self.assertIn("no", self.read()["result"]["content"][0]["text"])
        self.call("service", identifier=9)
        self.read()
        self.send({"method": "notifications/cancelled", "params": {"requestId": 9}})
        self.assertEqual(self.read()["params"], {"requestId": 9})

    def test_storage_is_asked_of_the_host_that_offers_it(self):
        self.call("count", meta={"opencomputer/call": {"storage": True}})
        get = self.read()
        self.assertEqual(get["params"], {"operation": "get", "name": "count", "call": 1})
        self.send({"id": get["id"], "result": {"value": 41}})
        request = self.read()
        self.assertEqual((request["params"]["operation"], request["params"]["value"]), ("set", 42))
        self.send({"id": request["id"], "result": {}})
        self.assertEqual(self.read()["result"]["content"][0]["text"], "42")
        self.call("count")
        self.assertIn("offers no storage", self.read()["result"]["content"][0]["text"])

    def test_the_process_ends_within_a_second_of_its_input_although_a_call_goes_on(self):
        self.call("stubborn")
        self.process.stdin.close()
        self.assertEqual(self.process.wait(5), 0)


if __name__ == "__main__":
    unittest.main()
