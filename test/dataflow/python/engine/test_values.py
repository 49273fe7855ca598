import collections
import enum
import json
import sys
import unittest

from parts import new_engine

engine = new_engine()


class Pairs:
    """A sequence by index alone."""

    def __len__(self):
        return 2

    def __getitem__(self, index):
        return index * 10


class Colour(enum.Enum):
    RED = 1


class ValuesOf(unittest.TestCase):
    def test_sequences_are_many_values(self):
        for value, wanted in (
            ([1, 2], [1, 2]), ((1, 2), [1, 2]), (range(3), [0, 1, 2]), (Pairs(), [0, 10]),
            (collections.deque([1]), [1]), (collections.namedtuple('P', 'x y')(1, 2), [1, 2]), ([], []),
        ):
            with self.subTest(repr(value)):
                self.assertEqual(engine.values_of(value), wanted)

    def test_everything_else_is_one(self):
        for value in (1, 1.5, 'ab', b'ab', bytearray(b'ab'), {'a': 1}, None, True, {1, 2}, Colour, Colour.RED):
            with self.subTest(repr(value)):
                self.assertEqual(engine.values_of(value), [value])


class Own(unittest.TestCase):
    def test_a_copy_shares_nothing_that_can_change(self):
        value = {'a': [1, {'b': [2]}], 'c': (3, [4])}
        copy = engine.own(value)
        copy['a'][1]['b'].append('changed')
        copy['c'][1].append('changed')
        self.assertEqual(value, {'a': [1, {'b': [2]}], 'c': (3, [4])})

    def test_small_values_are_copied_too(self):
        value = [1, 2]
        self.assertIsNot(engine.own(value), value)

    def test_objects_are_copied_and_what_cannot_be_is_shared(self):
        class Box:
            def __init__(self):
                self.items = [1]

        box = Box()
        self.assertIsNot(engine.own(box).items, box.items)
        generator = (x for x in [1])
        self.assertIs(engine.own(generator), generator)

    def test_deeper_than_the_limit_of_calls(self):
        value = []
        for _ in range(499):
            value = [value]
        self.addCleanup(sys.setrecursionlimit, sys.getrecursionlimit())
        sys.setrecursionlimit(400)
        copy, depth = engine.own(value), 0
        while copy:
            copy, depth = copy[0], depth + 1
        self.assertEqual(depth, 499)

    def test_few_objects_that_are_endless_once_copied_are_refused(self):
        value = ['x']
        for _ in range(60):
            value = [value, value]
        with self.assertRaisesRegex(engine.ResultLimit, 'too long to hand on'):
            engine.own(value)


class Sizes(unittest.TestCase):
    def test_a_few_plain_values_are_small(self):
        for value in ([1, 2.5, None, True, 'x'], {'a': 1}, [], 1.5, [10**30]):
            with self.subTest(repr(value)):
                self.assertTrue(engine.is_small(value))

    def test_many_nested_or_long_values_are_not(self):
        for value in ([0] * 65, [[1]], ['x' * 257], {'a': {}}, (1, 2), 'x', Pairs()):
            with self.subTest(repr(value)[:50]):
                self.assertFalse(engine.is_small(value))

    def test_what_is_within_a_number_of_characters(self):
        for value, most, wanted in (
            ([1] * 10, 100, True), (['x' * 50], 40, False), ({'key' * 10: 1}, 20, False),
            (10**1000, 100, False), ([[['x' * 10]]], 5, False), (None, 0, True),
        ):
            with self.subTest((repr(value)[:30], most)):
                self.assertEqual(engine.is_within(value, most), wanted)

    def test_a_circle_ends(self):
        value = []
        value.append(value)
        self.assertFalse(engine.is_within(value, 1000))


class Encode(unittest.TestCase):
    def test_gives_json_without_blanks(self):
        for values, wanted in (
            ([1], '[1]'), ([1.0], '[1.0]'), ([1, 'é', None, True], '[1,"\\u00e9",null,true]'),
            ([{'a': [1, 2]}], '[{"a":[1,2]}]'), ([10**30], '[%d]' % 10**30), ([], '[]'),
        ):
            with self.subTest(wanted):
                self.assertEqual(engine.encode(values), wanted)

    def test_what_is_not_finite_becomes_null(self):
        self.assertEqual(engine.encode([float('nan')]), '[null]')
        self.assertEqual(engine.encode([1, [float('inf')], {'a': -float('inf')}]), '[1,[null],{"a":null}]')

    def test_refuses_what_json_cannot_say_and_goes_on(self):
        circle = []
        circle.append(circle)
        for value in ({1, 2}, object(), {(1, 2): 3}, circle):
            with self.subTest(type(value)), self.assertRaises((TypeError, ValueError, RecursionError)):
                engine.encode([0, value])
        self.assertEqual(engine.encode([[1]]), '[[1]]')


class Show(unittest.TestCase):
    def test_what_is_no_json_shows_as_python_prints_it(self):
        class Bad:
            def __repr__(self):
                raise KeyError

        for value, wanted in (
            ({1}, '{1}'), (b'x', "b'x'"), (Bad(), '<Bad: its repr raises KeyError>'), (1j, '1j'),
            ([1, float('nan')], [1, None]), ({'a': {1}}, {'a': '{1}'}),
        ):
            with self.subTest(wanted):
                self.assertEqual(json.loads(engine.show(value)), wanted)

    def test_long_values_are_not_shown(self):
        self.assertIn('too long to show', engine.show([0] * 1000))
        self.assertIn('too long to show', engine.show(['é' * 60]))
