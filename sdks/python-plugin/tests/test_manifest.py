import json
import os
import tempfile
import unittest

from opencomputer_plugin._manifest import describe_tool, read_manifest_view


class ManifestTest(unittest.TestCase):
    def test_name_version_and_tools_are_read(self):
        with tempfile.TemporaryDirectory() as folder:
            tools = [{"name": "a", "description": "A."}, "no tool", {"name": 1}]
            value = {"name": "x", "version": "1.2.3", "provides": {"tools": tools}}
            with open(os.path.join(folder, "manifest.json"), "w", encoding="utf-8") as file:
                json.dump(value, file)
            view = read_manifest_view(folder)
        self.assertEqual((view.name, view.version, list(view.tools)), ("x", "1.2.3", ["a"]))

    def test_a_broken_or_absent_manifest_gives_a_nameless_plugin(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(read_manifest_view(folder).name, "plugin")
            for text in ("{", "[]", "[" * 100_000, "null"):
                with open(os.path.join(folder, "manifest.json"), "w", encoding="utf-8") as file:
                    file.write(text)
                self.assertEqual(read_manifest_view(folder).version, "0.0.0")

    def test_the_effect_becomes_hints_and_the_schema_is_of_an_object(self):
        declaration = {"effect": "irreversible", "idempotent": False, "output": {"type": "array"}}
        described = describe_tool("a", declaration, modern=False)
        self.assertEqual(described["inputSchema"], {"type": "object"})
        hints = {"readOnlyHint": False, "destructiveHint": True, "idempotentHint": False}
        self.assertEqual(described["annotations"], hints)
        self.assertNotIn("outputSchema", described)
        self.assertIn("outputSchema", describe_tool("a", declaration, modern=True))


if __name__ == "__main__":
    unittest.main()
