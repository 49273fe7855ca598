import json
import unittest
from contextlib import redirect_stdout

from parts import declare, errors, idf, new_engine, odf, prepare, run


class Base(unittest.TestCase):
    def setUp(self):
        self.engine = new_engine(result=1000)

    def taken(self, graph=1):
        return json.loads(self.engine.record(str(graph)))


class Newest(Base):
    def test_the_first_run_is_announced_and_the_newest_is_taken(self):
        declare(self.engine, [idf(1)], [odf(9)], records='newest')
        records = run(self.engine, (1, '1'), (1, '2'), (1, '3'))
        self.assertEqual([record for record in records if not record[0].isdigit()], [('n1', '')])
        self.assertEqual(run(self.engine, (1, '4')), [('9', '[4]')])
        self.assertEqual(self.taken(), {
            'idf': {'id': ['device', 'in1'], 'input': [4], 'output': [4]},
            'join': {'input': [[4]], 'output': [4]},
            'odf': [{'id': ['device', 'out9'], 'output': [4]}],
        })
        self.assertIsNone(self.taken())
        self.assertIn(('n1', ''), run(self.engine, (1, '5')))

    def test_graphs_are_told_apart(self):
        for graph in (1, 2):
            declare(self.engine, [idf(graph)], [], records='newest', graph=graph)
        self.assertEqual(sorted(run(self.engine, (1, '"a"'), (2, '"b"'))), [('n1', ''), ('n2', '')])
        self.assertEqual([self.taken(graph)['idf']['input'] for graph in (2, 1)], [['b'], ['a']])
        self.assertIsNone(self.taken(3))

    def test_what_is_dropped_or_fails_behind_a_run_does_not_hide_it(self):
        prepare(self.engine, 4, 'def run(x): return 1 / x\n')
        declare(self.engine, [idf(1, param_no=1)], [odf(8), odf(9)], join=4, records='newest')
        run(self.engine, (1, '[2]'), (1, '[0]'), (1, '[1,2]'), (1, 'x'))
        self.assertEqual(self.taken()['odf'], [
            {'id': ['device', 'out8'], 'output': [0.5]}, {'id': ['device', 'out9'], 'output': [0.5]},
        ])

    def test_a_run_that_fails_behind_another_takes_nothing_of_its_slots(self):
        prepare(self.engine, 4, 'def run(x, y): return x / y\n')
        declare(self.engine, [idf(1), idf(2)], [odf(9)], join=4, records='newest')
        for failing, shown in ((((1, '"a"'),), 1), (((2, '0'), (1, '"b"')), 1), (((1, '8'), (1, '"c"')), 8)):
            with self.subTest(failing):
                run(self.engine, (2, '2'), (1, '1'), *failing)
                seen = self.taken()
                self.assertEqual(seen['idf'], {'id': ['device', 'in1'], 'input': [shown], 'output': [shown]})
                self.assertEqual(seen['join'], {'input': [[shown], [2]], 'output': shown / 2})

    def test_the_input_is_as_it_came_where_its_length_alone_is_looked_at(self):
        prepare(self.engine, 4, 'def run(x, y):\n  x.append("changed")\n  return y\n')
        declare(self.engine, [idf(1, func=4, param_no=2, input_type=['sample'])], [], records='newest')
        run(self.engine, (1, '[[1],2.50]'), (1, '[3]'))
        self.assertEqual(self.taken()['idf'], {'id': ['device', 'in1'], 'input': [[1], 2.5], 'output': 2.5})
        declare(self.engine, [idf(1, func=4, param_no=2, input_type='variant')], [], records='newest')
        run(self.engine, (1, '[[1],5]'), (1, '[[1],9]'))
        self.assertEqual(self.taken()['idf']['input'], [[1], 9])

    def test_an_output_that_fails_is_left_out(self):
        prepare(self.engine, 4, 'def run(x): return 1 / x\n')
        declare(self.engine, [idf(1)], [odf(8, func=4), odf(9)], records='newest')
        run(self.engine, (1, '0'))
        self.assertEqual([entry['id'][1] for entry in self.taken()['odf']], ['out9'])

    def test_functions_that_change_their_values_later_change_nothing(self):
        prepare(self.engine, 4, 'def run(x, y):\n  x.append("changed")\n  return x[0]\n')
        prepare(self.engine, 5, 'kept = []\ndef run(x):\n  kept.append(x)\n  if x == 0: raise ValueError\n  return kept\n')
        declare(self.engine, [idf(1, func=4, param_no=2)], [odf(9)], join=5, records='newest')
        run(self.engine, (1, '[[1],2]'))
        run(self.engine, (1, '[[0],2]'))
        seen = self.taken()
        self.assertEqual(seen['idf'], {'id': ['device', 'in1'], 'input': [[1], 2], 'output': 1})
        self.assertEqual((seen['join'], seen['odf'][0]['output']), ({'input': [1], 'output': [1]}, [1]))

    def test_tags_are_not_shown(self):
        declare(self.engine, [idf(1, tag_param_no=1)], [odf(9, tag_param_no=2)], records='newest')
        self.assertEqual(run(self.engine, (1, '[1,NaN,"t"]'))[0], ('9', '[1,null,"t",null]'))
        seen = self.taken()
        self.assertEqual((seen['idf']['input'], seen['odf'][0]['output']), ([1, None], [1, None]))

    def test_no_code_of_a_function_runs_when_it_is_asked_for(self):
        prepare(self.engine, 4, (
            'class Noisy:\n  def __repr__(self):\n    print("shown")\n    return "noisy"\n'
            'def run(x): return Noisy()\n'
        ))
        declare(self.engine, [idf(1, func=4)], [], records='newest')
        with redirect_stdout(self.engine.printer):
            records = run(self.engine, (1, '1'))
            self.assertEqual(self.taken()['idf']['output'], 'noisy')
        self.assertEqual(dict(records), {'n1': '', 'p': '{"graph": 1, "text": "shown\\nshown\\n"}'})
        self.assertEqual(self.engine.printer.take(), '')

    def test_a_value_that_cannot_be_shown_in_time_is_reported(self):
        prepare(self.engine, 4, 'class Slow:\n  def __repr__(self): return strike()\ndef run(x): return Slow()\n')
        def strike():
            self.engine.on_interrupt(None, None)
        self.engine.functions[4].run.__globals__['strike'] = strike
        declare(self.engine, [idf(1, func=4)], [], records='newest')
        [report] = errors(run(self.engine, (1, '1')))
        self.assertEqual((report['kind'], report['stage']), ('time', None))
        self.assertIsNone(self.taken())

    def test_long_values_and_buffers_are_not_shown(self):
        declare(self.engine, [idf(1), idf(2), idf(3)], [], records='newest')
        run(self.engine, *((link, json.dumps(['x' * 400])) for link in (1, 2, 3)))
        seen = self.taken()
        self.assertEqual(seen['idf']['input'], ['x' * 400])
        self.assertIn('too long to show', seen['join']['input'])
        run(self.engine, (1, json.dumps(['x' * 2000])))
        seen = self.taken()
        self.assertIn('too long to show', seen['idf']['input'])
        self.assertIn('too long to show', seen['join']['input'][0])

    def test_it_is_forgotten_when_nobody_watches_any_more(self):
        declare(self.engine, [idf(1)], [], records='newest')
        run(self.engine, (1, '1'))
        declare(self.engine, [idf(1)], [], records='none')
        declare(self.engine, [idf(1)], [], records='newest')
        self.assertIsNone(self.taken())

    def test_it_can_still_be_taken_when_each_is_wanted(self):
        declare(self.engine, [idf(1)], [], records='newest')
        run(self.engine, (1, '1'))
        declare(self.engine, [idf(1)], [], records='each')
        self.assertEqual(self.taken()['idf']['input'], [1])


class Each(Base):
    def test_each_run_gives_one_behind_its_output(self):
        declare(self.engine, [idf(1), idf(2)], [odf(9)], records='each')
        records = run(self.engine, (1, '1.0'), (2, '{"a":[2]}'))
        self.assertEqual([target for target, _ in records], ['9', 'm1', '9', 'm1'])
        self.assertEqual(json.loads(records[3][1]), {
            'idf': {'id': ['device', 'in2'], 'input': [{'a': [2]}], 'output': [{'a': [2]}]},
            'join': {'input': [[1.0], [{'a': [2]}]], 'output': [[1.0], [{'a': [2]}]]},
            'odf': [{'id': ['device', 'out9'], 'output': [[1.0], [{'a': [2]}]]}],
        })

    def test_nobody_who_watches_costs_nothing(self):
        declare(self.engine, [idf(1)], [odf(9)])
        self.assertEqual(run(self.engine, (1, '1')), [('9', '[1]')])
        self.assertIsNone(self.taken())
