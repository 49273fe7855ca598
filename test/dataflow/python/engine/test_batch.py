import json
import unittest
from contextlib import redirect_stdout

from parts import declare, errors, idf, new_engine, odf, prepare, run


class Batch(unittest.TestCase):
    def setUp(self):
        self.engine = new_engine()
        self.now = 0.0
        self.engine._clock = lambda: self.now
        prepare(self.engine, 4, 'def run(x):\n  pass_time(x)\n  return x\n')
        self.engine.functions[4].run.__globals__['pass_time'] = self.pass_time
        declare(self.engine, [idf(1, func=4)], [odf(9)])

    def pass_time(self, seconds):
        self.now += seconds

    def start(self, *payloads):
        fields = [field for payload in payloads for field in ('1', payload)]
        return self.engine.start_batch(self.engine.SEPARATOR.join(fields)).split(self.engine.SEPARATOR)

    def go_on(self):
        return self.engine.continue_batch().split(self.engine.SEPARATOR)

    def test_a_slice_ends_with_its_time(self):
        self.assertEqual(self.start('0', '0.03', '0.01', '0.005')[1:], ['9', '[0]', '9', '[0.03]'])
        self.assertEqual(self.go_on()[1:], ['9', '[0.01]', '9', '[0.005]'])

    def test_a_message_always_gets_its_turn(self):
        self.assertEqual(self.start('3', '3')[0], '1 3000000 3000000')
        self.assertEqual(self.go_on()[0], '1 3000000 3000000')

    def test_the_time_of_a_slice_and_of_its_last_message_is_told(self):
        self.assertEqual(self.start('0.0078125', '0.001953125')[0], '2 9765 1953')

    def test_beyond_the_time_of_a_batch_messages_are_dropped(self):
        self.start('6', '0', '0')
        answer = self.go_on()
        self.assertEqual(answer[0], '2 0 0')
        reports = [json.loads(text) for text in answer[2::2]]
        self.assertEqual([report['kind'] for report in reports], ['batch', 'batch'])
        self.assertIn('time limit of 5000 ms for a batch exceeded', reports[0]['reason'])
        self.assertEqual(self.start('0'), ['1 0 0', '9', '[0]'])

    def test_where_the_qos_changes_is_told_in_front_of_what_comes_of_it(self):
        records = run(self.engine, (1, '0'), ('+1', '1'), (1, 'x'), ('+1', '2'), ('+7', '3'))
        self.assertEqual([target for target, _ in records], ['9', 'q', '9', 'e', 'q', '9', 'q'])
        self.assertEqual([value for target, value in records if target == 'q'], ['1', '3', '4'])

    def test_what_is_printed_follows_its_message(self):
        prepare(self.engine, 5, 'def run(x):\n  print("hi", x)\n  return x\n')
        declare(self.engine, [idf(1, func=5)], [odf(9)])
        with redirect_stdout(self.engine.printer):
            records = run(self.engine, (1, '1'), (1, '2'))
        self.assertEqual(records, [
            ('9', '[1]'), ('p', '{"graph": 1, "text": "hi 1\\n"}'),
            ('9', '[2]'), ('p', '{"graph": 1, "text": "hi 2\\n"}'),
        ])

    def test_a_time_limit_between_two_stages_is_reported(self):
        def strike(*_):
            self.engine.on_interrupt(None, None)

        self.engine.Graph.joined = strike
        [report] = errors(run(self.engine, (1, '0')))
        self.assertEqual(report['kind'], 'time')
