"""Batches of messages, which the engine's main loop answers a slice at a time.

The host speaks to the engine in text only. Requests and replies of all others are JSON. A batch is a list of fields joined by SEPARATOR, which cannot occur in JSON text: link id, payload,
link id, payload, ... The answer to a batch is the number of messages done, the microseconds they took and those the
last of them took, with blanks between, a separator, and pairs again:
link id of an ODF and the JSON to publish, "m<graph>" and the data record of a watched graph, "n<graph>" and nothing
when a graph has a data record to be asked for, "p" and what a function printed, "e" and an error record, or "q" and
the place in the batch of a message that is of another QoS than the one before it, in front of what comes of it. The
host marks such a message with OTHER_QOS in front of its link id.
"""
SEPARATOR = '\x1e'
OTHER_QOS = '+'

_batch = []
_position = 0
_batch_deadline = 0


def start_batch(text):
    """Begins a batch and runs its first slice."""
    global _batch, _position, _batch_deadline
    _batch = text.split(SEPARATOR)
    _position = 0
    _batch_deadline = _clock() + limits['batch_ms'] / 1000
    return continue_batch()


def continue_batch():
    """Runs messages until the batch ends or the slice's time is over."""
    global _position, _user_code_runs, _time_is_up
    _time_is_up = False
    out = [None]
    begin = position = _position
    batch = _batch
    end = len(batch)
    find = inputs.get
    since = begun = now = _clock()
    deadline = now + SLICE_SECONDS
    while position < end:
        begun = now
        found = find(batch[position])
        if found is None and batch[position].startswith(OTHER_QOS):
            out += ('q', str(position // 2))
            found = find(batch[position][1:])
        if found is not None:
            graph, idf = found
            if now > _batch_deadline:
                reason = 'time limit of %d ms for a batch exceeded' % limits['batch_ms']
                graph.report(out, None, None, reason, 'batch')
            else:
                try:
                    _user_code_runs = True
                    graph.receive(idf, batch[position + 1], out)
                except BaseException as error:
                    # It struck between two stages, or while a value was shown.
                    graph.fail(out, None, None, error)
                finally:
                    _user_code_runs = False
                if printer.parts or printer.cut:
                    print_out(graph, out)
        position += 2
        now = _clock()
        if now > deadline:
            break
    if _unsettled:
        settle_runs(out)
    _position = position
    out[0] = '%d %d %d' % ((position - begin) // 2, (now - since) * 1000000, (now - begun) * 1000000)
    return SEPARATOR.join(out)
