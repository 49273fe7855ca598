"""Data records (csm.md 6): what one complete run looked like, as JSON text that is built when it is asked for.

A run leaves a tuple behind: the input, what was given to it (a str: the message as it came), what the join gave, where
in the answer its output begins, and all slots if they are others by now. Functions may still hold some of that, so it is
settled, which takes it out of their reach, at the end of the slice: until then a run costs as little as it can.
"""
import json

# Graphs that want only their newest run, and have one in this slice.
_unsettled = []
WITHOUT_SLOTS = 4


class Shown:
    """JSON text in place of a value."""

    __slots__ = ('text',)

    def __init__(self, text):
        self.text = text


def input_of(idf, data):
    """The values of an input, before its function gets them and may change them."""
    if idf.run is None or _unchanging.issuperset(map(type, data)):
        return data
    return Shown(show(data))


def keep_slots(graph, idf, former):
    """A run has put a new value in a slot and failed then: the newest complete run keeps the slots as they were."""
    if len(graph.run) == WITHOUT_SLOTS:
        slots = graph.slots()
        slots[idf] = former
        graph.run = *graph.run, slots


def settled(idf, given, joined, slots, texts):
    """The same run, safe from functions: what they may still change is copied, what runs code to be shown is shown."""
    if type(joined) not in _unchanging:
        joined = own(joined) if is_small(joined) else Shown(show(joined))
    slots = {other: early(slot) for other, slot in slots.items()}
    return idf, early(given), slots[idf], [*slots.values()], joined, texts


def early(value):
    """The same for a value that functions cannot change; one of a few plain values can wait."""
    kind = type(value)
    return value if kind in _unchanging or kind is Shown or is_small(value) else Shown(show(value))


def text_of(value):
    return value.text if type(value) is Shown else show(value)


def build_record(graph, idf, given, slot, slots, joined, texts):
    """JSON text of a run's data record."""
    if type(given) is str:
        given = values_of(_decode(given))
    buffer = '[%s]' % ','.join(map(text_of, slots))
    if len(buffer) > limits['result']:
        buffer = too_long(len(buffer))
    outputs = [
        '{"id":%s,"output":%s}' % (show(name), without_tags(texts[link_id], tag_param_no))
        for link_id, _, _, tag_param_no, name in graph.odfs if link_id in texts
    ]
    return '{"idf":{"id":%s,"input":%s,"output":%s},"join":{"input":%s,"output":%s},"odf":[%s]}' % (
        show(idf.name), text_of(given), text_of(slot), buffer, text_of(joined), ','.join(outputs),
    )


def without_tags(text, count):
    """What was published, less so many values at its end."""
    return show(_decode(text)[:-count]) if count else text


def settle_runs(out):
    """Ends a slice. To show a value may run the code of its class: that is watched as if it were the function's."""
    global _user_code_runs
    was_late = _time_is_up
    while _unsettled:
        graph = _unsettled.pop()
        run, graph.run = graph.run, None
        try:
            _user_code_runs = True
            idf, given, joined, begin, *slots = run
            run = settled(idf, given, joined, *slots or [graph.slots()], graph.texts(out, begin))
        except BaseException as error:
            if not was_late:
                graph.fail(out, None, None, error)
            print_out(graph, out)
            continue
        finally:
            _user_code_runs = False
        if graph.newest is None:
            out += ('n%d' % graph.number, '')
        graph.newest = run
        print_out(graph, out)


def print_out(graph, out):
    """Adds what has been printed for a graph."""
    if printer.parts or printer.cut:
        out += ('p', json.dumps({'graph': graph.number, 'text': printer.take()}))


def record(text):
    """The data record of a graph's newest run since it was last asked for; null when there was none."""
    graph = graphs.get(json.loads(text))
    if graph is None or graph.newest is None:
        return 'null'
    run, graph.newest = graph.newest, None
    return build_record(graph, *run)
