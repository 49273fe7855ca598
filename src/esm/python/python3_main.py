"""The main loop for the machine's own python3; the engine's other parts stand above it.

Frames in both directions are "<word> <bytes>\\n" and that many bytes of UTF-8 text, on file descriptor 3.
"""
import json
import os
import signal
import sys
import time


def without_package(name):
    return '' if name in sys.stdlib_module_names else ' (%s has no package %s)' % (sys.executable, name)


def to_others(send):
    """Lets a function end the programs it has started, but not the engine."""
    def kill(target, number, /):
        if abs(target) in (0, 1, os.getpid(), os.getpgid(0)):
            raise PermissionError('functions may not send signals to the engine')
        return send(target, number)
    return kill


def serve(limits_text):
    import ctypes
    import resource

    values = json.loads(limits_text)
    try:
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    except (OSError, AttributeError):
        pass
    os.set_inheritable(3, False)
    source, target = os.fdopen(3, 'rb'), os.fdopen(os.dup(3), 'wb')
    with open('/proc/self/statm') as sizes:
        in_use = int(sizes.read().split()[0]) * resource.getpagesize()
    for kind, most in (
        (resource.RLIMIT_AS, in_use + values['memory']),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 256),
    ):
        resource.setrlimit(kind, (most, most))
    configure(limits_text, signal.SIGALRM)
    limit = values['call_ms'] / 1000 + SLICE_SECONDS

    cpu_seconds = 30 + (2 * values['call_ms'] + values['batch_ms']) / 1000

    def watched(call, *arguments):
        # Should the server, which watches the clock, be stopped itself, the kernel ends this process.
        most = int(time.process_time() + cpu_seconds) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (most, resource.RLIM_INFINITY))
        signal.setitimer(signal.ITIMER_REAL, limit, 0.01)
        try:
            return call(*arguments)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def reply(word, text):
        data = text.encode()
        target.write(b'%s %d\n%s' % (word, len(data), data))
        target.flush()

    # A copy of the engine would answer on the same pipe.
    os.fork = os.forkpty = refuse('functions may not fork the engine')
    os._exit = os.abort = refuse('functions may not end the engine')
    signal.raise_signal = refuse('functions may not send signals to the engine')
    os.kill, os.killpg = to_others(os.kill), to_others(os.killpg)
    calls = {b'prepare': prepare, b'release': release, b'declare': declare, b'drop': drop}
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
            done += int(slice_text.split(SEPARATOR, 1)[0])
            reply(b'slice', slice_text)


serve(sys.argv[1])
