"""The data path's semantics (csm.md 5), run inside the engine process.

The host speaks to this module in text only. Requests and replies of `prepare`,
`declare` and `drop` are JSON. A batch is a list of fields joined by SEPARATOR,
which cannot occur in JSON text: link id, payload, link id, payload, ...
The answer to a batch is the number of messages done, a separator, and pairs again:
link id of an ODF and the JSON to publish, "m<graph>" and the data record of a monitored
graph, "p" and what a function printed, or "e" and an error record.
"""
import io
import json
import linecache
import random
import signal
import sys
import time
import traceback
import types

SEPARATOR = '\x1e'
SLICE_SECONDS = 0.02
MAX_ERROR_TEXT = 4000

# Limits, set by `configure`; the ini's [esm] section explains them.
limits = {}

_decoder = json.JSONDecoder()
_decode = _decoder.decode
# What `decode` and `encode` call in the end, without building it anew for every message.
_scan = json.scanner.c_make_scanner(_decoder)
_encoder = json.JSONEncoder(separators=(',', ':'), allow_nan=False)
_encode_anything = json.JSONEncoder(separators=(',', ':'), skipkeys=True, default=repr).encode
_clock = time.perf_counter
_one_value = (str, bytes, bytearray, memoryview, dict)

# The memory snapshot froze the generator's state.
random.seed()


def values_of(value):
    """N(v) of csm.md 5.1: lists, tuples and other indexable sequences are many values."""
    kind = type(value)
    if kind is list:
        return value
    if kind is int or kind is float:
        return [value]
    if kind is tuple:
        return list(value)
    if isinstance(value, _one_value) or isinstance(value, type):
        return [value]
    if hasattr(kind, '__getitem__') and hasattr(kind, '__len__') and not hasattr(kind, 'keys'):
        return list(value)
    return [value]


def new_chunks():
    """The encoder's inner function: a value → pieces of its JSON text."""
    return json.encoder.c_make_encoder(
        {}, _encoder.default, json.encoder.encode_basestring_ascii,
        None, ':', ',', False, False, False,
    )


_chunks = new_chunks()


def encode(values):
    """JSON of a result; NaN and infinities become null, which JavaScript can parse."""
    global _chunks
    if len(values) == 1:
        value = values[0]
        kind = type(value)
        if kind is int:
            return '[%d]' % value
        if kind is float and value - value == 0:
            return '[%r]' % value
    try:
        return ''.join(_chunks(values, 0))
    except BaseException as error:
        # It remembers the lists it was in, to notice circles.
        _chunks = new_chunks()
        if not isinstance(error, ValueError):
            raise
        return _encoder.encode(without_nan(values))


def show(value):
    """JSON of any value for the monitor: what is no JSON shows as Python would print it."""
    try:
        return _encode_anything(without_nan(value))
    except Exception:
        return _encode_anything(repr(value))


def without_nan(value):
    if isinstance(value, float):
        return value if value - value == 0 else None
    if isinstance(value, (list, tuple)):
        return [without_nan(item) for item in value]
    if isinstance(value, dict):
        return {key: without_nan(item) for key, item in value.items()}
    return value


def describe(error):
    """Python's own words for an exception raised in user code, without this module's frames."""
    if isinstance(error, TimeLimit):
        return 'time limit of %d ms exceeded' % limits['call_ms']
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_globals is globals():
        trace = trace.tb_next
    try:
        text = ''.join(traceback.format_exception(type(error), error, trace)).rstrip('\n')
    except BaseException as failure:
        text = '%s (and its description failed: %s)' % (type(error).__name__, type(failure).__name__)
    if len(text) > MAX_ERROR_TEXT:
        text = text[:MAX_ERROR_TEXT] + ' ...'
    if isinstance(error, MemoryError):
        text += ' (memory limit of %d MiB for all functions)' % (limits['memory'] >> 20)
    if isinstance(error, RecursionError):
        text += ' (recursion limit of %d)' % limits['recursion']
    return text


class SourceError(Exception):
    """A source that cannot become a function; the text is for its author."""


class TimeLimit(BaseException):
    """Raised in user code by the engine's watchdog; no Exception, so that few handlers catch it."""


_user_code_runs = False


def on_interrupt(signum, frame):
    if _user_code_runs:
        raise TimeLimit


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


def configure(text):
    """Sets the limits and closes what user code could widen them with; runs once, before any source."""
    global _max_result
    limits.update(json.loads(text))
    _max_result = limits['result']
    printer.room = limits['print']
    sys.stdout = sys.stderr = printer
    set_depth = sys.setrecursionlimit
    set_depth(limits['recursion'])
    # Deeper than the interpreter's own stack is the end of the engine, so the limit only goes down.
    sys.setrecursionlimit = lambda depth: set_depth(min(depth, limits['recursion']))
    signal.signal(signal.SIGINT, on_interrupt)
    return 'null'


class ResultLimit(Exception):
    """A result too long to be published."""


def kind_of(error):
    """Which limit an exception is about, `exception` for all others."""
    if isinstance(error, TimeLimit):
        return 'time'
    if isinstance(error, MemoryError):
        return 'memory'
    if isinstance(error, RecursionError):
        return 'recursion'
    if isinstance(error, ResultLimit):
        return 'result'
    return 'exception'


class Function:
    """One use of a user function: its own globals, shared with no other use."""

    def __init__(self, digest, code, run):
        self.digest = digest
        self.code = code
        self.run = run


def compile_run(digest, code, namespace):
    global _user_code_runs
    name = '<UserFunction:%s>' % digest
    linecache.cache[name] = (len(code), None, code.splitlines(True), name)
    namespace['__name__'] = name
    try:
        _user_code_runs = True
        exec(compile(code, name, 'exec', dont_inherit=True), namespace)
    except BaseException as error:
        raise SourceError(describe(error)) from None
    finally:
        _user_code_runs = False
    if 'run' not in namespace:
        raise SourceError('`run` not found in ' + name)
    run = namespace['run']
    if not isinstance(run, types.FunctionType):
        raise SourceError('`run` must be a function')
    return run


def build(request):
    iot = types.SimpleNamespace()
    for helper in request['helpers']:
        setattr(iot, helper['alias'], compile_run(helper['digest'], helper['code'], {}))
    return compile_run(request['digest'], request['code'], {'iot': iot})


def broken(reason):
    def run(*_):
        raise SourceError(reason)
    return run


class Idf:
    """An input: where its last value and the slot the join reads are kept."""

    def __init__(self):
        self.slot = None
        self.previous = None

    def configure(self, spec):
        self.function = functions[spec['func']] if spec['func'] is not None else None
        self.run = self.function.run if self.function is not None else None
        self.param_no = spec['param_no']
        self.tag_param_no = spec['tag_param_no']
        kinds = spec['input_type']
        self.all_variant = kinds == 'variant'
        self.variants = kinds if isinstance(kinds, list) and 'variant' in kinds else None
        self.takes_all = (
            self.param_no is None and not self.tag_param_no
            and not self.all_variant and self.variants is None
        )

    def split(self, values):
        """Data and tags of one message; None when the length rule drops it."""
        count = len(values) - self.tag_param_no
        if count < 0 or (self.param_no is not None and count != self.param_no):
            return None
        return values[:count], values[count:]

    def differences(self, data):
        """Step 5: variant parameters become new minus previous, or all pass raw if that fails."""
        previous, self.previous = self.previous, data
        if previous is None:
            return data
        try:
            return [
                value - previous[index] if self.is_variant(index) else value
                for index, value in enumerate(data)
            ]
        except Exception:
            return data

    def is_variant(self, index):
        if self.all_variant:
            return True
        return index < len(self.variants) and self.variants[index] == 'variant'


class Graph:
    def __init__(self, number):
        self.number = number
        self.idfs = {}
        self.join = None
        self.join_run = None
        # The input of a graph that has but one.
        self.only = None
        self.odfs = []
        self.monitored = False

    def declare(self, spec):
        """Takes the wanted state; inputs that stay keep their slots and previous values."""
        former, self.idfs = self.idfs, {}
        for link in spec['idfs']:
            idf = former.pop(link['id'], None)
            if idf is None:
                idf = Idf()
                if link['slot'] is not None:
                    idf.slot = _decode(link['slot'])
            idf.configure(link)
            idf.name = link['name']
            self.idfs[link['id']] = idf
            inputs[str(link['id'])] = (self, idf)
        for link_id in former:
            inputs.pop(str(link_id), None)
        self.join = functions[spec['join']] if spec['join'] is not None else None
        self.only = next(iter(self.idfs.values())) if len(self.idfs) == 1 else None
        self.join_run = self.join.run if self.join is not None else None
        self.odfs = [
            (
                str(link['id']),
                functions[link['func']] if link['func'] is not None else None,
                link['param_no'],
                link['tag_param_no'],
                link['name'],
            )
            for link in spec['odfs']
        ]
        self.monitored = spec['monitored']

    def receive(self, idf, text, out):
        """Steps 1 to 10 of csm.md 5.1 for one message."""
        try:
            try:
                values, end = _scan(text, 0)
            except StopIteration:
                end = -1
            if end != len(text):
                # Blanks around it, or no JSON at all.
                values = _decode(text)
        except (ValueError, RecursionError) as error:
            self.fail(out, None, None, 'malformed data: %s' % error, 'data')
            return
        data = values if type(values) is list else [values]
        tags = NO_TAGS
        if not idf.takes_all:
            parts = idf.split(data)
            if parts is None:
                return
            data, tags = parts
            if idf.all_variant or idf.variants:
                data = idf.differences(data)
        run = idf.run
        if run is None:
            idf.slot = data
        else:
            try:
                idf.slot = run(data[0]) if len(data) == 1 else run(*data)
            except BaseException as error:
                self.fail(out, 'idf', idf.function, describe(error), kind_of(error))
                return
        try:
            joined = self.joined()
        except BaseException as error:
            self.fail(out, 'join', self.join, describe(error), kind_of(error))
            return
        if not self.monitored:
            for odf in self.odfs:
                self.deliver(odf, joined, tags, out)
            return
        # The slots as the join saw them: an ODF function might change a list in place.
        seen = '{"idf":{"id":%s,"input":%s,"output":%s},"join":{"input":%s,"output":%s},"odf":[' % (
            show(idf.name), show(data), show(idf.slot),
            show([other.slot for other in self.idfs.values()]), show(joined),
        )
        outputs = []
        for odf in self.odfs:
            result = self.deliver(odf, joined, tags, out)
            if result is not None:
                outputs.append('{"id":%s,"output":%s}' % (show(odf[4]), show(result)))
        out.append('m%d' % self.number)
        out.append(seen + ','.join(outputs) + ']}')

    def joined(self):
        """csm.md 5.2: what the ODF functions see."""
        if self.only is not None:
            slot = self.only.slot
            if self.join_run is None:
                return slot
            if isinstance(slot, (list, tuple)) and len(slot) == 1:
                slot = slot[0]
            return self.join_run(slot)
        if self.join_run is None:
            return [idf.slot for idf in self.idfs.values()]
        arguments = []
        for idf in self.idfs.values():
            slot = idf.slot
            if isinstance(slot, (list, tuple)) and len(slot) == 1:
                slot = slot[0]
            arguments.append(slot)
        return self.join_run(*arguments)

    def deliver(self, odf, joined, tags, out):
        """Steps 8 to 10 for one ODF; gives the values without tags, None when there are none."""
        link_id, function, param_no, tag_param_no, _ = odf
        try:
            result = values_of(joined)
            if function is not None:
                result = values_of(function.run(*result))
            if param_no is not None:
                count = len(result)
                if count != param_no:
                    if count == 0:
                        raise SourceError('empty result where %d values are wanted' % param_no)
                    result = [result[min(index, count - 1)] for index in range(param_no)]
            if tag_param_no:
                wanted = tags[:tag_param_no]
                text = encode(result + wanted + [None] * (tag_param_no - len(wanted)))
            else:
                text = encode(result)
            if len(text) > _max_result:
                raise ResultLimit('result of %d bytes, at most %d are published' % (len(text), _max_result))
        except BaseException as error:
            self.fail(out, 'odf', function, describe(error), kind_of(error))
            return None
        out.append(link_id)
        out.append(text)
        return result

    def fail(self, out, stage, function, reason, kind):
        out.append('e')
        out.append(json.dumps({
            'graph': self.number,
            'kind': kind,
            'stage': stage,
            'digest': function.digest if function is not None else None,
            'src': function.code if function is not None else None,
            'reason': reason,
        }))


NO_TAGS = []
_max_result = 0
functions = {}
graphs = {}
inputs = {}
_batch = []
_position = 0
_batch_deadline = 0


def prepare(text):
    """Makes a function ready under its handle; a source that fails becomes one that reports why."""
    request = json.loads(text)
    reason = request['broken']
    run = None
    if reason is None:
        try:
            run = build(request)
        except SourceError as error:
            reason = str(error)
    functions[request['handle']] = Function(request['digest'], request['code'], run or broken(reason))
    return json.dumps(reason)


def release(text):
    """Forgets functions no graph uses any more."""
    for handle in json.loads(text):
        functions.pop(handle, None)
    return 'null'


def declare(text):
    """Sets the wanted state of a graph."""
    spec = json.loads(text)
    graph = graphs.get(spec['graph'])
    if graph is None:
        graph = graphs[spec['graph']] = Graph(spec['graph'])
    graph.declare(spec)
    return 'null'


def drop(text):
    """Forgets a graph; answers its slots by link id, as JSON texts, null where a slot is no JSON."""
    graph = graphs.pop(json.loads(text), None)
    slots = {}
    if graph is not None:
        for link_id, idf in graph.idfs.items():
            inputs.pop(str(link_id), None)
            if idf.slot is not None:
                try:
                    slots[link_id] = encode(idf.slot)
                except Exception:
                    slots[link_id] = None
    return json.dumps(slots)


def start_batch(text):
    """Begins a batch and runs its first slice."""
    global _batch, _position, _batch_deadline
    _batch = text.split(SEPARATOR)
    _position = 0
    _batch_deadline = _clock() + limits['batch_ms'] / 1000
    return continue_batch()


def continue_batch():
    """Runs messages until the batch ends or the slice's time is over."""
    global _position, _user_code_runs
    out = [None]
    begin = position = _position
    batch = _batch
    end = len(batch)
    find = inputs.get
    now = _clock()
    deadline = now + SLICE_SECONDS
    while position < end:
        found = find(batch[position])
        if found is not None:
            graph, idf = found
            if now > _batch_deadline:
                graph.fail(out, None, None, 'time limit of %d ms for a batch exceeded' % limits['batch_ms'], 'batch')
            else:
                try:
                    _user_code_runs = True
                    graph.receive(idf, batch[position + 1], out)
                except TimeLimit as error:
                    # It struck between two stages.
                    graph.fail(out, None, None, describe(error), 'time')
                finally:
                    _user_code_runs = False
                if printer.parts or printer.cut:
                    out.append('p')
                    out.append(json.dumps({'graph': graph.number, 'text': printer.take()}))
        position += 2
        now = _clock()
        if now > deadline:
            break
    _position = position
    out[0] = str((position - begin) // 2)
    return SEPARATOR.join(out)
