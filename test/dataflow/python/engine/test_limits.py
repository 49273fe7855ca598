import io
import signal
import sys
import unittest

from parts import new_engine


class Describe(unittest.TestCase):
    def setUp(self):
        self.engine = new_engine()

    def raised(self, source):
        try:
            exec(compile(source, '<UserFunction:d>', 'exec'), {})
        except BaseException as error:
            return error
        self.fail('it raised nothing')

    def test_shows_pythons_own_words(self):
        text = self.engine.describe(self.raised('def f(): return 1 / 0\nf()\n'))
        self.assertTrue(text.startswith('Traceback (most recent call last):'))
        self.assertIn('File "<UserFunction:d>", line 1, in f', text)
        self.assertTrue(text.endswith('ZeroDivisionError: division by zero'))

    def test_cuts_the_middle_out_of_long_texts(self):
        text = self.engine.describe(self.raised('raise ValueError("x" * 100_000 + "end")'))
        self.assertLess(len(text), self.engine.MAX_ERROR_TEXT + 100)
        self.assertTrue(text.endswith('end'))

    DEEP = """
def first(): dive(200)
def dive(left): dive(left - 1) if left else last()
def last(): 1 / 0
"""

    def test_leaves_the_middle_of_a_deep_traceback_out(self):
        text = self.engine.describe(self.raised(self.DEEP + 'first()\n'))
        for frame in ('line 2, in first', 'line 3, in dive', 'line 4, in last'):
            self.assertIn(frame, text)
        # 204 of the function and one of this test; 40 stay.
        self.assertTrue(text.endswith('ZeroDivisionError: division by zero (165 frames left out)'), text)

    def test_leaves_it_out_of_the_exceptions_behind_as_well(self):
        behind = 'try: first()\nexcept ZeroDivisionError as e: raise KeyError("x") %s\n'
        for source in ('from e', ''):
            with self.subTest(source):
                text = self.engine.describe(self.raised(self.DEEP + behind % source))
                self.assertIn('line 4, in last', text)
                # The function's alone: it was caught there.
                self.assertTrue(text.endswith("KeyError: 'x' (164 frames left out)"), text)

    def test_survives_exceptions_that_cause_each_other(self):
        error = self.raised('raise ValueError(1)')
        error.__cause__ = KeyError(2)
        error.__cause__.__cause__ = error
        self.assertTrue(self.engine.describe(error).endswith('ValueError: 1'))

    def test_survives_an_exception_that_cannot_be_described(self):
        self.engine.traceback.format_exception = self.engine.refuse('no')
        self.addCleanup(lambda: sys.modules.pop('traceback'))
        self.assertEqual(
            self.engine.describe(ValueError()), 'ValueError (and its description failed: PermissionError)',
        )

    def test_names_the_limit_that_was_met(self):
        engine = self.engine
        for error, kind, text in (
            (engine.TimeLimit(), 'time', 'time limit of 1000 ms exceeded'),
            (MemoryError(), 'memory', 'memory limit of 256 MiB for all functions'),
            (RecursionError(), 'recursion', 'recursion limit of 500'),
            (engine.ResultLimit('too long'), 'result', 'too long'),
            (KeyError('x'), 'exception', "KeyError: 'x'"),
        ):
            with self.subTest(kind):
                self.assertEqual(engine.kind_of(error), kind)
                self.assertIn(text, engine.describe(error))

    def test_asks_the_main_part_about_missing_packages(self):
        self.engine.without_package = lambda name: ' (no %s here)' % name
        error = self.raised('import no_such_package.part')
        self.assertTrue(self.engine.describe(error).endswith(' (no no_such_package here)'))

    def test_whatever_comes_of_the_time_limit_is_the_time_limit(self):
        self.engine._user_code_runs = True
        with self.assertRaises(self.engine.TimeLimit):
            self.engine.on_interrupt(signal.SIGINT, None)
        self.assertTrue(self.engine.is_late(ValueError()))
        self.assertEqual(self.engine.kind_of(ValueError()), 'time')

    def test_the_time_limit_strikes_only_functions(self):
        self.engine.on_interrupt(signal.SIGINT, None)
        self.assertFalse(self.engine.is_late(ValueError()))


class Printer(unittest.TestCase):
    def test_takes_what_is_printed_up_to_its_room(self):
        printer = new_engine(print=10).printer
        print('hello', file=printer)
        self.assertEqual(printer.take(), 'hello\n')
        print('x' * 11, file=printer)
        self.assertEqual(printer.take(), 'x' * 10 + ' ... (cut)')
        self.assertEqual((printer.take(), printer.room), ('', 10))

    def test_is_a_text_stream(self):
        printer = new_engine().printer
        self.assertIsInstance(printer, io.TextIOBase)
        self.assertTrue(printer.writable())
        self.assertEqual(printer.write('abc'), 3)
        with self.assertRaisesRegex(TypeError, 'must be str, not bytes'):
            printer.write(b'abc')


class Configure(unittest.TestCase):
    def setUp(self):
        before = sys.stdout, sys.stderr, sys.setrecursionlimit, sys.getrecursionlimit(), signal.signal
        handler = signal.getsignal(signal.SIGINT)

        def restore():
            sys.stdout, sys.stderr, sys.setrecursionlimit, depth, signal.signal = before
            sys.setrecursionlimit(depth)
            signal.signal(signal.SIGINT, handler)

        self.addCleanup(restore)
        self.engine = new_engine()
        self.engine.configure('{"call_ms": 7, "memory": 1, "recursion": 400, "print": 5}')

    def test_the_recursion_limit_only_goes_down(self):
        self.assertEqual(sys.getrecursionlimit(), 400)
        sys.setrecursionlimit(10**6)
        self.assertEqual(sys.getrecursionlimit(), 400)
        sys.setrecursionlimit(300)
        self.assertEqual(sys.getrecursionlimit(), 300)

    def test_functions_print_into_the_printer(self):
        print('abcdefgh')
        print('ijk', file=sys.stderr)
        self.assertEqual(self.engine.printer.take(), 'abcde ... (cut)')

    def test_the_signal_of_the_time_limit_stays_the_engines(self):
        with self.assertRaises(PermissionError):
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        self.assertEqual(signal.getsignal(signal.SIGINT), self.engine.on_interrupt)


class Refuse(unittest.TestCase):
    def test_raises_for_all_arguments(self):
        refused = new_engine().refuse('not here')
        with self.assertRaisesRegex(PermissionError, 'not here'):
            refused(1, two=2)
