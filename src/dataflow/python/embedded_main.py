"""The main part of the engine inside this program; the other parts stand above it.

`settle` runs once, before the import lock closes: it puts what ordinary programs call, and what this
Python would do with the help of a browser, on the engine's own feet, so that such a call works or is an
exception of its message. Whatever still reaches for the host meets the import lock.
"""
import asyncio
import os
import select
import signal
import sys
import time

# One wait; the time limit ends it earlier.
PAUSE_MS = 1000
LOCKED = (
    'functions of the built-in engine cannot use %s: they are sandboxed;'
    ' engine = python3 in [esm] runs them in the Python of this machine'
)
NOT_HERE = (
    ' (the built-in engine has no %s: set engine = python3 in [esm] for the packages of this machine,'
    ' or put a wheel of it into the folder that packages in [esm] names)'
)


def without_package(name):
    if name in Locked.names:
        return ''
    return (NOT_PYTHONS if name in sys.stdlib_module_names else NOT_HERE) % name
NOT_PYTHONS = ' (the built-in engine has no %s: engine = python3 in [esm] uses the Python of this machine)'


class Locked:
    """Finds the modules that lead out of the engine, and says that they are not for functions."""

    names = {
        'js': 'JavaScript',
        'pyodide_js': 'JavaScript',
        'pyodide': 'JavaScript',
        '_pyodide': 'JavaScript',
        '_pyodide_core': 'JavaScript',
        'webbrowser': 'a web browser',
        '_ctypes': 'ctypes',
    }

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        what = cls.names.get(name.partition('.')[0])
        if what is None:
            return None
        raise ImportError(LOCKED % what, name=name)


class Waiting:
    """What an event loop asks for news: there are no sockets, so it only waits."""

    def select(self, timeout=None):
        wait(timeout)
        return []

    def close(self):
        pass


class EventLoop(asyncio.BaseEventLoop):
    """Runs tasks and timers."""

    def __init__(self):
        super().__init__()
        self._selector = Waiting()

    def _process_events(self, events):
        pass

    def _write_to_self(self):
        pass


class EventLoopPolicy(asyncio.events._BaseDefaultEventLoopPolicy):
    _loop_factory = EventLoop


_poller = select.poll()


def wait(seconds):
    """Waits, for ever with None, in pieces between which the time limit can strike."""
    end = None if seconds is None else time.monotonic() + seconds
    while True:
        left = PAUSE_MS if end is None else (end - time.monotonic()) * 1000
        if left <= 0:
            return
        _poller.poll(min(left, PAUSE_MS))


def sleep(seconds, /):
    seconds = seconds if isinstance(seconds, (int, float)) else seconds.__index__()
    if seconds != seconds:
        raise ValueError('Invalid value NaN (not a number)')
    if seconds < 0:
        raise ValueError('sleep length must be non-negative')
    wait(seconds)


def waiting_select(original):
    def find_ready(rlist, wlist, xlist, timeout=None, /):
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            ready = original(rlist, wlist, xlist, 0)
            left = end - time.monotonic() if end is not None else 1
            if any(ready) or left <= 0:
                return ready
            # What is waited for is in memory, and comes from nowhere meanwhile.
            wait(min(left, 1))
    return find_ready


def settle(limits_text):
    """Sets the limits, and closes the ways to the host that Python itself knows."""
    configure(limits_text)
    for name in list(sys.modules):
        if name.partition('.')[0] in Locked.names:
            del sys.modules[name]
    sys.meta_path[:] = [Locked, *(finder for finder in sys.meta_path if isinstance(finder, type))]
    sys.executable = sys._base_executable = ''
    sys.argv, sys.orig_argv = [''], ['']
    os.environ.clear()
    os.environ.update(HOME='/home', PATH='/usr/bin:/bin', LANG='C.UTF-8')
    os.chdir('/tmp')

    time.sleep = sleep
    select.select = waiting_select(select.select)
    asyncio.run = asyncio.runners.run
    asyncio.EventLoop = asyncio.SelectorEventLoop = EventLoop
    asyncio.events._set_event_loop_policy(EventLoopPolicy())
    asyncio.events._set_running_loop(None)
    os._exit = os.abort = refuse('functions may not end the engine')
    os.kill = os.killpg = signal.raise_signal = refuse('functions may not send signals')
    signal.pause = lambda: wait(None)
    set_zone()
    return 'null'


def set_zone():
    """What time.tzset would do, which this Python does not have: the snapshot was made in UTC."""
    year = time.gmtime().tm_year
    halves = [time.localtime(time.mktime((year, month, 1, 12, 0, 0, 0, 0, -1))) for month in (1, 7)]
    usual = next((half for half in halves if not half.tm_isdst), halves[0])
    other = next((half for half in halves if half.tm_isdst), usual)
    time.timezone, time.altzone = -usual.tm_gmtoff, -other.tm_gmtoff
    time.daylight = int(other is not usual)
    time.tzname = (usual.tm_zone, other.tm_zone)
