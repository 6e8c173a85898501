import io
import unittest

from opencomputer_plugin import _serve as serve


class ReadLinesTest(unittest.TestCase):
    def read(self, data, bytes_max):
        seen = []
        serve.read_lines(
            io.BytesIO(data), seen.append, lambda limit: seen.append(limit), bytes_max
        )
        return seen

    def test_a_line_at_the_limit_passes_and_one_byte_more_is_reported_once(self):
        self.assertEqual(self.read(b"123\n12345678901\nnext\n", 4), ["123\n", 4, "next\n"])

    def test_what_is_cut_off_at_the_end_is_no_message(self):
        self.assertEqual(self.read(b'{"a":1}\n{"b"', 100), ['{"a":1}\n'])

    def test_characters_are_whole_and_broken_ones_do_not_end_it(self):
        self.assertEqual(self.read("zwölf €\n".encode() + b"\xff\n", 100), ["zwölf €\n", "\ufffd\n"])


if __name__ == "__main__":
    unittest.main()
