"""What user functions may use, and what is said when they use more.

engine-source.ts joins limits.py, values.py, functions.py, records.py, idf.py, odf.py, graph.py, batch.py, tools.py and
the engine's main part into one program: the data path's semantics (csm.md 5), run inside the engine process.
"""
import io
import json
import random
import signal
import sys
import time
import traceback

SLICE_SECONDS = 0.02
MAX_ERROR_TEXT = 4000
MOST_FRAMES = 40

# Limits, set by `configure`; the ini's [esm] section explains them.
limits = {}
_clock = time.perf_counter

# The memory snapshot froze the generator's state.
random.seed()


class SourceError(Exception):
    """A source that cannot become a function; the text is for its author."""


class TimeLimit(BaseException):
    """Raised in user code by the engine's watchdog; no Exception, so that few handlers catch it."""


class ResultLimit(Exception):
    """A result too long to be published."""


_user_code_runs = False
# Whether the time limit struck in this call into the engine.
_time_is_up = False


def is_overdue():
    """Whether the call that is interrupted has used up its time; an engine that cannot know it is told only then."""
    return True


def on_interrupt(signum, frame):
    global _time_is_up
    if _user_code_runs and (_time_is_up or is_overdue()):
        _time_is_up = True
        raise TimeLimit


def is_late(error):
    """Whether it is the time limit, or what a function made of it while it was cleaning up."""
    return _time_is_up or isinstance(error, TimeLimit)


def after_time_limit():
    """An event loop that was interrupted still counts as running, and no other may start then."""
    events = sys.modules.get('asyncio.events')
    if events is not None:
        events._set_running_loop(None)


def without_package(name):
    """What to do about a package that is not there; the engine's main part knows."""
    return ''


def describe(error):
    """Python's own words for an exception raised in user code, without this module's frames."""
    if is_late(error):
        return 'time limit of %d ms exceeded' % limits['call_ms']
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_globals is globals():
        trace = trace.tb_next
    left_out = ''
    try:
        left_out = without_middle(error)
        text = ''.join(traceback.format_exception(type(error), error, trace)).rstrip('\n')
    except BaseException as failure:
        text = '%s (and its description failed: %s)' % (type(error).__name__, type(failure).__name__)
    if len(text) > MAX_ERROR_TEXT:
        # The last lines say what it was.
        text = text[:MAX_ERROR_TEXT // 2] + '\n ... \n' + text[-MAX_ERROR_TEXT // 2:]
    return text + hint(error) + left_out


def without_middle(error):
    """
    Takes the middle out of a deep recursion, also in the exceptions behind this one: Python needs up to seconds to
    describe a thousand frames. Says how many are left out.
    """
    count, seen, errors = 0, set(), [error]
    while errors:
        one = errors.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        errors += one.__cause__, one.__context__
        frames, trace = [], one.__traceback__
        while trace is not None:
            frames.append(trace)
            trace = trace.tb_next
        if len(frames) > MOST_FRAMES:
            frames[MOST_FRAMES // 2 - 1].tb_next = frames[-MOST_FRAMES // 2]
            count += len(frames) - MOST_FRAMES
    return ' (%d frames left out)' % count if count else ''


def hint(error):
    """What Python does not say of an exception: the limit that was met, and what may be done."""
    if isinstance(error, MemoryError) and not str(error).startswith('Parser stack'):
        return ' (memory limit of %d MiB for all functions)' % (limits['memory'] >> 20)
    if isinstance(error, RecursionError):
        return ' (recursion limit of %d)' % limits['recursion']
    if isinstance(error, ModuleNotFoundError) and isinstance(error.name, str):
        return without_package(error.name.partition('.')[0])
    return ''


def kind_of(error):
    """Which limit an exception is about, `exception` for all others."""
    if is_late(error):
        return 'time'
    if isinstance(error, MemoryError):
        return 'memory'
    if isinstance(error, RecursionError):
        return 'recursion'
    if isinstance(error, ResultLimit):
        return 'result'
    return 'exception'


class Printer(io.TextIOBase):
    """What functions print goes to the log, up to a limit per message."""

    def __init__(self):
        self.parts = []
        self.room = 0
        self.cut = False

    def writable(self):
        return True

    def write(self, text):
        if not isinstance(text, str):
            raise TypeError('write() argument must be str, not ' + type(text).__name__)
        if self.room > 0:
            self.parts.append(text[:self.room])
        self.cut = self.cut or len(text) > self.room
        self.room -= min(len(text), self.room)
        return len(text)

    def take(self):
        text = ''.join(self.parts) + (' ... (cut)' if self.cut else '')
        self.parts, self.cut, self.room = [], False, limits['print']
        return text


printer = Printer()


def configure(text, *alarms):
    """Sets the limits and closes what user code could widen them with; runs once, before any source."""
    limits.update(json.loads(text))
    printer.room = limits['print']
    sys.stdout = sys.stderr = printer
    set_depth = sys.setrecursionlimit
    set_depth(limits['recursion'])
    # Deeper than the interpreter's own stack is the end of the engine, so the limit only goes down.
    sys.setrecursionlimit = lambda depth: set_depth(min(depth, limits['recursion']))
    own_signals(signal.SIGINT, *alarms)


def own_signals(*own):
    """Keeps the signals of the time limit: a function that took them could not be interrupted any more."""
    set_handler = signal.signal
    for number in own:
        set_handler(number, on_interrupt)

    def set_other(number, handler):
        if number in own:
            raise PermissionError('functions may not handle the signal of their time limit')
        return set_handler(number, handler)

    signal.signal = set_other


def refuse(reason):
    """A stand-in for a call that functions may not make."""
    def refused(*_, **__):
        raise PermissionError(reason)
    return refused
