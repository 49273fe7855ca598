import json
import unittest

from parts import declare, errors, idf, new_engine, odf, prepare, run


class Stages(unittest.TestCase):
    """Steps 1 to 10 of csm.md 5.1, without what needs functions' own behaviour."""

    def setUp(self):
        self.engine = new_engine()

    def published(self, *messages):
        return [record for record in run(self.engine, *messages) if record[0].isdigit()]

    def test_values_pass_through_as_they_are_written(self):
        declare(self.engine, [idf(1)], [odf(9)])
        self.assertEqual(
            self.published((1, '42'), (1, ' [1.0, 12345678901234567890] '), (1, '[NaN, "\\u00e9"]')),
            [('9', '[42]'), ('9', '[1.0,12345678901234567890]'), ('9', '[null,"\\u00e9"]')],
        )

    def test_malformed_messages_are_reported(self):
        declare(self.engine, [idf(1)], [odf(9)])
        reports = errors(run(self.engine, (1, ''), (1, '[1,'), (1, '1 2')))
        self.assertEqual([report['kind'] for report in reports], ['data'] * 3)
        self.assertTrue(all(report['reason'].startswith('malformed data: ') for report in reports))

    def test_messages_of_another_length_are_dropped_in_silence(self):
        declare(self.engine, [idf(1, param_no=1, tag_param_no=1)], [odf(9)])
        self.assertEqual(run(self.engine, (1, '[1]'), (1, '[1,2,3]'), (1, '[]')), [])
        self.assertEqual(self.published((1, '[1,"tag"]')), [('9', '[1]')])

    def test_messages_of_links_that_are_gone_are_dropped(self):
        declare(self.engine, [idf(1), idf(2)], [odf(9)])
        declare(self.engine, [idf(1)], [odf(9)])
        self.assertEqual(run(self.engine, (2, '5'), (3, '5')), [])

    def test_variant_parameters_become_differences(self):
        declare(self.engine, [idf(1, input_type=['variant', 'sample'])], [odf(9)])
        self.assertEqual(
            self.published((1, '[10,5]'), (1, '[13,6]'), (1, '["a",6]'), (1, '[20,7]'), (1, '[21,7,1]')),
            [('9', '[10,5]'), ('9', '[3,6]'), ('9', '["a",6]'), ('9', '[20,7]'), ('9', '[1,7,1]')],
        )
        declare(self.engine, [idf(2, input_type='variant')], [odf(9)], graph=2)
        self.assertEqual(self.published((2, '[1,1]'), (2, '[2,3]')), [('9', '[1,1]'), ('9', '[1,2]')])

    def test_outputs_repeat_cut_and_get_tags(self):
        outputs = [odf(7, param_no=3), odf(8, param_no=0), odf(9, param_no=1, tag_param_no=2)]
        declare(self.engine, [idf(1, tag_param_no=1)], outputs)
        self.assertEqual(
            self.published((1, '[1,2,"t"]')), [('7', '[1,2,2]'), ('8', '[]'), ('9', '[1,"t",null]')],
        )

    def test_several_inputs_are_joined(self):
        declare(self.engine, [idf(1), idf(2)], [odf(9)])
        self.assertEqual(self.published((1, '[1]'), (2, '[2,3]')), [('9', '[[1],null]'), ('9', '[[1],[2,3]]')])
        prepare(self.engine, 5, 'def run(*values): return [repr(values)]\n')
        declare(self.engine, [idf(1), idf(2)], [odf(9)], join=5)
        self.assertEqual(self.published((1, '[4]')), [('9', '["(4, [2, 3])"]')])

    def test_one_level_is_unwrapped_for_a_join(self):
        prepare(self.engine, 4, 'def run(x): return [[5]]\n')
        prepare(self.engine, 5, 'def run(*values): return [repr(values)]\n')
        declare(self.engine, [idf(1, func=4)], [odf(9)], join=5)
        self.assertEqual(self.published((1, '1')), [('9', '["([5],)"]')])

    def test_a_lone_output_gets_what_several_get(self):
        code = """
import enum
Level = enum.IntEnum('Level', 'LOW')
values = [7, -7, 0, 1 << 52, 1 << 53, -(1 << 70), 0.1, -0.0, 1e300, float('nan'), float('-inf'), True, None, 'x', Level.LOW, [1, 2], []]
def run(n): return values[n]
"""
        prepare(self.engine, 1, code)
        declare(self.engine, [idf(1)], [odf(8)], join=1, graph=1)
        declare(self.engine, [idf(2)], [odf(9), odf(10)], join=1, graph=2)
        for n in range(17):
            alone, among = self.published((1, n)), self.published((2, n))
            self.assertEqual([value for _, value in alone], [value for _, value in among[:1]], n)
        self.assertEqual(self.published((1, 1), (1, 6), (1, 9)), [('8', '[-7]'), ('8', '[0.1]'), ('8', '[null]')])

    def test_a_failing_function_costs_its_own_stage(self):
        prepare(self.engine, 4, 'def run(x): return 1 / x\n')
        for stage, spec in (
            ('idf', {'idfs': [idf(1, func=4)], 'odfs': [odf(9)]}),
            ('join', {'idfs': [idf(1)], 'odfs': [odf(9)], 'join': 4}),
        ):
            with self.subTest(stage):
                declare(self.engine, **spec)
                [report] = errors(run(self.engine, (1, '0')))
                self.assertEqual((report['stage'], report['digest'], report['kind']), (stage, 'd4', 'exception'))
        declare(self.engine, [idf(1)], [odf(8, func=4), odf(9)])
        records = run(self.engine, (1, '0'))
        self.assertEqual([target for target, _ in records], ['e', '9'])

    def test_a_failing_idf_leaves_its_slot(self):
        prepare(self.engine, 4, 'def run(x): return 1 / x\n')
        declare(self.engine, [idf(1, func=4), idf(2)], [odf(9)])
        self.assertEqual(self.published((1, '2'), (1, '0'), (2, '7'))[-1], ('9', '[0.5,[7]]'))

    def test_results_that_are_too_long_or_missing_are_errors(self):
        prepare(self.engine, 4, 'def run(x): return "x" * x\n')
        declare(self.engine, [idf(1)], [odf(9, func=4)])
        self.assertEqual(self.published((1, '196')), [('9', json.dumps(['x' * 196]))])
        self.assertEqual([report['kind'] for report in errors(run(self.engine, (1, '197'), (1, '9999')))], ['result'] * 2)
        declare(self.engine, [idf(1)], [odf(9, param_no=1)])
        [report] = errors(run(self.engine, (1, '[]')))
        self.assertIn('empty result where 1 values are wanted', report['reason'])

    def test_stages_do_not_share_what_can_change(self):
        prepare(self.engine, 4, 'def run(a, b):\n  a.append(1)\n  return a\n')
        declare(self.engine, [idf(1)], [odf(8, func=4), odf(9)])
        self.assertEqual(self.published((1, '[[0], 5]')), [('8', '[0,1]'), ('9', '[[0],5]')])


class Moves(unittest.TestCase):
    def test_a_graph_comes_with_slots_and_leaves_with_them(self):
        engine = new_engine()
        prepare(engine, 4, 'def run(x): return {x}\n')
        declare(engine, [idf(1, slot='[1]'), idf(2, func=4), idf(3)], [odf(9)])
        run(engine, (2, '5'), (3, '[6.0]'))
        self.assertEqual(json.loads(engine.drop('1')), {'1': '[1]', '2': None, '3': '[6.0]'})
        self.assertEqual((engine.graphs, engine.inputs), ({}, {}))
        self.assertEqual(engine.drop('1'), '{}')

    def test_inputs_that_stay_keep_slot_and_previous_value(self):
        engine = new_engine()
        declare(engine, [idf(1, input_type='variant'), idf(2)], [odf(9)])
        run(engine, (1, '10'))
        declare(engine, [idf(3), idf(1, input_type='variant', slot='"old news"')], [odf(9)])
        self.assertEqual(run(engine, (3, '1'), (1, '15')), [('9', '[[1],[10]]'), ('9', '[[1],[5]]')])

    def test_slots_that_are_no_list_leave_too(self):
        engine = new_engine()
        for handle, result in enumerate(('42', '{0: 1}', '"text"', 'None', 'float("inf")', '[{1: 2}, ()]'), 1):
            prepare(engine, handle, 'def run(x): return %s\n' % result)
            declare(engine, [idf(handle, func=handle), idf(100)], [], graph=handle)
            run(engine, (handle, '1'))
            wanted = ('42', '{"0":1}', '"text"', None, 'null', '[{"1":2},[]]')[handle - 1]
            with self.subTest(result):
                slots = json.loads(engine.drop(str(handle)))
                self.assertEqual(slots.get(str(handle)), wanted)

    def test_a_slot_that_is_too_long_is_left_out(self):
        engine = new_engine()
        declare(engine, [idf(1)], [])
        run(engine, (1, json.dumps('x' * 300)))
        self.assertEqual(json.loads(engine.drop('1')), {'1': None})
