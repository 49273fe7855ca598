"""The main loop for the machine's own python3; the engine's other parts stand above it.

Frames in both directions are "<word> <bytes>\\n" and that many bytes of UTF-8 text, on file descriptor 3,
which the engine moves out of the way of functions.
"""
import faulthandler
import fcntl
import json
import os
import random
import resource
import signal
import sys
import time


def without_package(name):
    return '' if name in sys.stdlib_module_names else ' (%s has no package %s)' % (sys.executable, name)


class Allowance:
    """The time of one call. What it waited for a processor does not count, up to three times as much."""

    def __init__(self, seconds):
        self.seconds = seconds
        self.due = self.waited = 0
        self.sampled = -1
        self.strikes = 0
        # Functions may put others in their places.
        self.now, self.pread = time.monotonic, os.pread
        try:
            file = os.open('/proc/self/schedstat', os.O_RDONLY)
            self.file = moved(file, 40, 100)
            os.close(file)
        except OSError:
            self.file = -1

    def begin(self):
        now = self.now()
        # Asking the kernel costs more than a short call.
        if now - self.sampled > 0.1:
            self.sampled = now
            self.waited = self.read()
        self.due = now + self.seconds

    def is_over(self):
        self.strikes += 1
        late = self.now() - self.due
        return late >= 2 * self.seconds or late >= self.read() - self.waited

    def read(self):
        """Seconds that the main thread has waited so far; 0 where the kernel does not say."""
        try:
            return int(self.pread(self.file, 64, 0).split()[1]) / 1e9
        except (OSError, ValueError, IndexError):
            return 0


def patient(pause, allowance):
    """signal.pause that does not take a time limit that is not over yet for a signal."""
    def pause_on():
        while True:
            strikes = allowance.strikes
            pause()
            if strikes == allowance.strikes:
                return
    return pause_on


def to_others(send):
    """Lets a function end the programs it has started, but not the engine."""
    def kill(target, number, /):
        if abs(target) in (0, 1, os.getpid(), os.getpgid(0)):
            raise PermissionError('functions may not send signals to the engine')
        return send(target, number)
    return kill


def moved(file, low, high):
    """A copy of a descriptor at a random place, out of the way of functions, below the limit of descriptors."""
    return fcntl.fcntl(file, fcntl.F_DUPFD_CLOEXEC, random.randrange(low, high))


def unless(is_refused, call, reason):
    """The call, but an exception for arguments that concern the engine."""
    def guarded(*values, **named):
        if is_refused(*values, **named):
            raise PermissionError(reason)
        return call(*values, **named)
    return guarded


def keep_engine():
    """Closes the ordinary ways to end the engine, or to leave its time limit."""
    engine = os.getpid()
    # All the others of that kind call these two.
    os.execv = os.execve = refuse('functions may not replace the engine by a program')
    signal.pthread_kill = signal.pidfd_send_signal = refuse('functions may not send signals to the engine')
    signal.alarm = signal.setitimer = refuse('functions may not set timers that signal the engine')
    set_mask = signal.pthread_sigmask
    signal.pthread_sigmask = lambda how, mask, /: set_mask(
        how, mask if how == signal.SIG_UNBLOCK else {number for number in mask if number != signal.SIGALRM},
    )
    reason = 'functions may not wait for the signal of their time limit'
    wait_info = unless(lambda numbers: signal.SIGALRM in numbers, signal.sigwaitinfo, reason)
    signal.sigwaitinfo = wait_info
    # The original starts over when a signal interrupts it.
    signal.sigwait = lambda numbers, /: signal.Signals(wait_info(numbers).si_signo)
    signal.sigtimedwait = unless(lambda numbers, _: signal.SIGALRM in numbers, signal.sigtimedwait, reason)
    faulthandler.dump_traceback_later = unless(
        lambda timeout, repeat=False, file=None, exit=False: exit,
        faulthandler.dump_traceback_later, 'functions may not end the engine',
    )
    reason = 'functions may not change the limits of the engine'
    # A program that a function starts may set its own.
    resource.setrlimit = unless(lambda *_: os.getpid() == engine, resource.setrlimit, reason)
    resource.prlimit = unless(
        lambda pid, _, *limits: limits and pid in (0, engine), resource.prlimit, reason,
    )


def keep_channel(own):
    """Keeps the descriptors that the engine answers on."""
    reason = 'functions may not use the descriptors of the engine'
    for name in ('close', 'read', 'write', 'readv', 'writev', 'dup', 'fdopen'):
        setattr(os, name, unless(lambda fd, *_, **__: fd in own, getattr(os, name), reason))
    os.dup2 = unless(lambda fd, fd2, *_, **__: fd in own or fd2 in own, os.dup2, reason)
    close_range = os.closerange

    def close_others(low, high, /):
        # What is not open there is passed over, too.
        for fd in sorted(own):
            if low <= fd < high:
                close_range(low, fd)
                low = fd + 1
        close_range(low, high)

    os.closerange = close_others


def serve(limits_text):
    global is_overdue
    import ctypes

    values = json.loads(limits_text)
    try:
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    except (OSError, AttributeError):
        pass
    set_limit, set_timer = resource.setrlimit, signal.setitimer
    source, target = (os.fdopen(moved(3, 100, 240), mode) for mode in ('rb', 'wb'))
    os.close(3)
    with open('/proc/self/statm') as sizes:
        in_use = int(sizes.read().split()[0]) * resource.getpagesize()
    for kind, most in (
        (resource.RLIMIT_AS, in_use + values['memory']),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 256),
    ):
        set_limit(kind, (most, most))
    configure(limits_text, signal.SIGALRM)
    limit = values['call_ms'] / 1000 + SLICE_SECONDS
    allowance = Allowance(limit)
    is_overdue = allowance.is_over
    signal.pause = patient(signal.pause, allowance)

    cpu_seconds = 30 + (2 * values['call_ms'] + values['batch_ms']) / 1000

    def watched(call, *arguments):
        # Should the server, which watches the clock, be stopped itself, the kernel ends this process.
        most = int(time.process_time() + cpu_seconds) + 1
        set_limit(resource.RLIMIT_CPU, (most, resource.RLIM_INFINITY))
        allowance.begin()
        set_timer(signal.ITIMER_REAL, limit, 0.01)
        try:
            return call(*arguments)
        finally:
            set_timer(signal.ITIMER_REAL, 0)

    def reply(word, text):
        data = text.encode()
        target.write(b'%s %d\n%s' % (word, len(data), data))
        target.flush()

    # A copy of the engine would answer on the same pipe.
    os.fork = os.forkpty = refuse('functions may not fork the engine')
    os._exit = os.abort = refuse('functions may not end the engine')
    signal.raise_signal = refuse('functions may not send signals to the engine')
    os.kill, os.killpg = to_others(os.kill), to_others(os.killpg)
    keep_engine()
    keep_channel({source.fileno(), target.fileno(), allowance.file})
    calls = {
        b'prepare': prepare, b'release': release, b'declare': declare, b'drop': drop, b'record': record,
        b'tool': tool,
    }
    reply(b'ready', 'it is python3, which has no such filter')
    for head in source:
        word, size = head.split()
        text = source.read(int(size)).decode()
        if word != b'batch':
            reply(b'done', watched(calls[word], text))
            continue
        total = (text.count(SEPARATOR) + 1) // 2
        done = 0
        while done < total:
            slice_text = watched(start_batch, text) if done == 0 else watched(continue_batch)
            done += int(slice_text.split(None, 1)[0])
            reply(b'slice', slice_text)


serve(sys.argv[1])
