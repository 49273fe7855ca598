import gc
import linecache
import sys
import unittest
import weakref

from parts import new_engine, prepare


class Prepare(unittest.TestCase):
    def setUp(self):
        self.engine = new_engine()

    def call(self, handle, *values):
        return self.engine.functions[handle].run(*values)

    def test_makes_a_function_of_a_source(self):
        self.assertIsNone(prepare(self.engine, 1, 'k = 2\ndef run(x): return k * x\n'))
        self.assertEqual(self.call(1, 21), 42)
        self.assertIsNone(prepare(self.engine, 2, '\ufeffrun = lambda x: x\n'))

    def test_says_why_there_is_none(self):
        for code, reason in (
            ('def walk(x): return x', '`run` not found in <UserFunction:d1>'),
            ('run = 5', '`run` must be a function'),
            ('class run: pass', '`run` must be a function'),
            ('def run(x) return x', 'SyntaxError'),
            ('1 / 0', 'ZeroDivisionError: division by zero'),
            ('import sys\nsys.exit()', 'SystemExit'),
            ('raise KeyboardInterrupt', 'KeyboardInterrupt'),
        ):
            with self.subTest(code):
                self.assertIn(reason, prepare(self.engine, 1, code))
                with self.assertRaises(self.engine.SourceError):
                    self.call(1, 5)

    def test_each_use_has_its_own_globals(self):
        code = 'n = 0\ndef run():\n  global n\n  n += 1\n  return n\n'
        for handle in (1, 2):
            prepare(self.engine, handle, code)
        self.assertEqual([self.call(1), self.call(1), self.call(2)], [1, 2, 1])

    def test_a_source_is_compiled_once_for_all_its_uses(self):
        code = 'def run(x): return x\n'
        for handle in (1, 2):
            prepare(self.engine, handle, code, digest='same')
        first, second = (self.engine.functions[handle].run for handle in (1, 2))
        self.assertIs(first.__code__, second.__code__)
        self.assertIsNot(first.__globals__, second.__globals__)
        self.engine.release('[1, 2]')
        prepare(self.engine, 3, code, digest='same')
        self.assertIsNot(self.engine.functions[3].run.__code__, first.__code__)

    def test_helpers_are_reachable_as_iot_and_know_no_iot_themselves(self):
        helpers = [('double', 'def run(x): return 2 * x\n'), ('bare', 'def run(): return "iot" in globals()\n')]
        code = 'start = iot.double(1)\ndef run(x): return start, iot.double(x), iot.bare()\n'
        self.assertIsNone(prepare(self.engine, 1, code, helpers))
        self.assertEqual(self.call(1, 5), (2, 10, False))

    def test_a_helper_may_not_take_a_name_of_pythons(self):
        reason = prepare(self.engine, 1, 'def run(): pass', [('__class__', 'def run(): pass')])
        self.assertIn('a name that Python keeps for itself', reason)

    def test_a_broken_source_is_not_run(self):
        self.assertEqual(prepare(self.engine, 1, 'raise AssertionError', broken='it ended an engine'), 'it ended an engine')
        with self.assertRaisesRegex(self.engine.SourceError, 'it ended an engine'):
            self.call(1, 5)

    def test_a_traceback_shows_its_lines(self):
        prepare(self.engine, 1, 'def run(x):\n  return x / 0  # this line\n')
        try:
            self.call(1, 5)
        except ZeroDivisionError as error:
            self.assertIn('# this line', self.engine.describe(error))

    def test_classes_of_a_source_know_their_module(self):
        prepare(self.engine, 1, 'import pickle\nclass A: pass\ndef run(): return pickle.loads(pickle.dumps(A()))\n')
        self.assertEqual(type(self.call(1)).__name__, 'A')


def known():
    """What Python knows of sources: (where, name)."""
    places = {'modules': sys.modules, 'lines': linecache.cache}
    return {(where, name) for where, names in places.items() for name in names if name.startswith('<UserFunction:r')}


class Release(unittest.TestCase):
    """Their digests begin with an r: other tests leave functions behind."""

    def test_forgets_a_function_with_all_that_was_entered_for_it(self):
        engine = new_engine()
        code = 'class Thing: pass\nthing = Thing()\ndef run(): return thing\n'
        before = known()
        for handle in (1, 2):
            prepare(engine, handle, code, digest='r%d' % handle)
        self.assertEqual(len(known() - before), 4)
        thing = weakref.ref(engine.functions[1].run())
        self.assertEqual(engine.release('[1]'), 'null')
        gc.collect()
        self.assertIsNone(thing())
        engine.release('[2, 77]')
        self.assertEqual(known(), before)

    def test_a_source_in_two_uses_keeps_its_lines_until_the_last_is_gone(self):
        engine = new_engine()
        for handle in (1, 2):
            prepare(engine, handle, 'def run(): pass\n', digest='r3')
        engine.release('[1]')
        self.assertIn('<UserFunction:r3>', linecache.cache)
        engine.release('[2]')
        self.assertNotIn('<UserFunction:r3>', linecache.cache)
