import json
import unittest

from parts import new_engine

PART = "def shout(text):\n    return json.dumps(text.upper() + str(limits['print']))\n\n\ntools['shout'] = shout\n"


class Tools(unittest.TestCase):
    def setUp(self):
        self.engine = new_engine()

    def ask(self, name, argument):
        return json.loads(self.engine.tool(json.dumps([name, argument])))

    def test_a_part_that_is_loaded_uses_names_of_the_others_and_adds_tools(self):
        self.assertIsNone(self.ask('load', PART))
        self.assertEqual(self.ask('shout', 'ab'), 'AB20')

    def test_an_engine_has_none_that_it_has_not_been_sent(self):
        with self.assertRaises(KeyError):
            self.ask('shout', 'ab')

    def test_a_time_limit_of_an_earlier_request_is_over(self):
        self.engine._time_is_up = True
        self.ask('load', '')
        self.assertFalse(self.engine._time_is_up)
