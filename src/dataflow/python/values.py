"""Values on their way through a graph: as arguments, as results, as JSON (csm.md 5.1)."""
import collections
import copy
import json
import marshal
import types

_decoder = json.JSONDecoder()
_decode = _decoder.decode
# What `decode` and `encode` call in the end, without building it again for every message.
_scan = json.scanner.c_make_scanner(_decoder)
_encoder = json.JSONEncoder(separators=(',', ':'), allow_nan=False)
# A class, too: enumerations have a length.
_one_value = (str, bytes, bytearray, memoryview, dict, type)
# Single immutable values: every stage may have the same one.
_unchanging = frozenset((int, float, str, bool, type(None), bytes, complex))

# Values of a few characters.
_short = frozenset((float, bool, type(None), complex))
_plain = _short | {int}
_texts = (str, bytes, bytearray)
# What is written out item by item, in one go that nothing can interrupt.
_walked = (
    list, tuple, dict, set, frozenset, collections.deque,
    type({}.keys()), type({}.values()), type({}.items()),
)
_opaque = (type, types.ModuleType, types.FunctionType)
# More than that is not handed on from one stage to the next.
MOST_ITEMS = 1 << 21
FEW_ITEMS = 64
FEW_CHARS = 256


def is_small(value):
    """Whether a value is plainly a few single values; the quick way for what most functions answer."""
    kind = type(value)
    if kind is list and len(value) <= FEW_ITEMS:
        items = value
    elif kind is dict and len(value) <= FEW_ITEMS:
        items = value.values()
    else:
        return kind in _short
    if _plain.issuperset(map(type, items)):
        return True
    for item in items:
        kind = type(item)
        if kind not in _plain and (kind is not str or len(item) > FEW_CHARS):
            return False
    return True


def is_within(value, most):
    """Whether a value may take at most so many characters; what is in it twice counts twice.

    An estimate from below, and cheap: it ends when there are more, and a time limit can interrupt it.
    """
    rest = [(value,)]
    while rest:
        for item in rest.pop():
            kind = type(item)
            if kind in _short:
                continue
            if kind is list:
                most -= 2 * len(item)
                rest.append(item)
            elif kind is int:
                most -= item.bit_length() >> 2
            elif isinstance(item, _texts):
                most -= len(item)
            elif isinstance(item, _walked):
                most -= 2 * len(item)
                if isinstance(item, dict):
                    rest.append(dict.keys(item))
                    item = dict.values(item)
                rest.append(item)
            elif not isinstance(item, _opaque) and type(getattr(item, '__dict__', None)) is dict:
                most -= 2
                rest.append(item.__dict__.values())
            if most < 0:
                return False
    return True


def values_of(value):
    """N(v) of csm.md 5.1: lists, tuples and other indexable sequences are many values."""
    kind = type(value)
    if kind is list:
        return value
    if kind is int or kind is float:
        return [value]
    if kind is tuple:
        return list(value)
    if isinstance(value, _one_value) or not is_sequence(kind):
        return [value]
    # By index, as v2 does: an object may give values for every index and never end.
    return [value[index] for index in range(len(value))]


def is_sequence(kind):
    """Whether instances of a class have a length and an index, and are not a mapping."""
    has = set()
    # Not hasattr, which also finds what the class itself can do: an enumeration has a length.
    for base in kind.__mro__:
        has.update(base.__dict__)
    return '__getitem__' in has and '__len__' in has and 'keys' not in has


def own(value):
    """The value for one stage alone: whatever it does to it is nothing to the others."""
    kind = type(value)
    if kind in _unchanging:
        return value
    if is_small(value):
        return value[:] if kind is list else value.copy()
    refuse_huge(value)
    try:
        return _own(value)
    except RecursionError as error:
        try:
            # Data may be as deep as the limit of calls, which this does not use.
            return marshal.loads(marshal.dumps(value))
        except ValueError:
            raise error from None


def refuse_huge(value):
    """A small value of many shared parts can be endless once they are copied."""
    if isinstance(value, _walked) and not is_within(value, 2 * MOST_ITEMS):
        raise ResultLimit('result of more than %d items or characters, too long to hand on' % MOST_ITEMS)


def _own(value):
    kind = type(value)
    if kind in _unchanging:
        return value
    if kind is list:
        return [item if type(item) in _unchanging else _own(item) for item in value]
    if kind is dict:
        return {key: item if type(item) in _unchanging else _own(item) for key, item in value.items()}
    if kind is tuple:
        for item in value:
            if type(item) not in _unchanging:
                return tuple(map(_own, value))
        return value
    if kind is range:
        return value
    try:
        return copy.deepcopy(value)
    except Exception:
        # What cannot be copied, such as an open file, is shared.
        return value


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
    """JSON of any value for the monitor: what is not JSON shows as Python would print it."""
    if not is_small(value) and not is_within(value, limits['result']):
        return too_long('more than %d' % limits['result'])
    try:
        text = _encode_anything(without_nan(value))
    except Exception:
        text = _encode_anything(printed(value))
    if len(text) > limits['result']:
        return too_long(len(text))
    return text


def too_long(count):
    return _encode_anything('%s characters, too long to show' % count)


def printed(value):
    try:
        return repr(value)
    except Exception as error:
        return '<%s: its repr raises %s>' % (type(value).__name__, type(error).__name__)


_encode_anything = json.JSONEncoder(separators=(',', ':'), skipkeys=True, default=printed).encode


def without_nan(value):
    if isinstance(value, float):
        return value if value - value == 0 else None
    if isinstance(value, (list, tuple)):
        return [without_nan(item) for item in value]
    if isinstance(value, dict):
        return {key: without_nan(item) for key, item in value.items()}
    return value
