"""One graph: inputs with their slots, the join, outputs (csm.md 5.1 and 5.2)."""
import json

NO_TAGS = []
graphs = {}
inputs = {}


class Graph:
    def __init__(self, number):
        self.number = number
        self.idfs = {}
        self.join = None
        self.join_run = None
        # The input of a graph that has but one.
        self.only = None
        self.odfs = []
        # Link id of the only output, where all that is left to do with a result is to write it out.
        self.bare = None
        # Whether data records are wanted, and if so, whether only of the newest run when it is asked for.
        self.is_watched = False
        self.is_sampled = False
        # The newest run in this slice, and the newest before it until its data record is asked for (records.py).
        self.run = None
        self.newest = None

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
        self.bare = bare_output(spec['odfs'])
        self.is_watched = spec['records'] != 'none'
        self.is_sampled = spec['records'] == 'newest'
        if not self.is_watched:
            self.newest = None

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
            self.report(out, None, None, 'malformed data: %s' % error, 'data')
            return
        data = values if type(values) is list else [values]
        tags = NO_TAGS
        # What a data record shows as the input; the text is the values as they came.
        given = text
        if not idf.takes_all:
            if idf.counts_only:
                if len(data) != idf.param_no:
                    return
            else:
                parts = idf.split(data)
                if parts is None:
                    return
                data, tags = parts
                if idf.all_variant or idf.variants:
                    data = idf.differences(data)
                if self.is_watched:
                    given = input_of(idf, data)
        run = idf.run
        former = idf.slot
        if run is None:
            idf.slot = slot = data
        else:
            try:
                slot = run(data[0]) if len(data) == 1 else run(*data)
                idf.slot = slot = slot if type(slot) in _unchanging else own(slot)
            except BaseException as error:
                self.fail(out, 'idf', idf.function, error)
                return
        join_run = self.join_run
        try:
            if self.only is not None and join_run is not None and type(slot) in _unchanging:
                # What `joined` comes to, without a call: calls are most of what a message costs.
                joined = join_run(slot)
            else:
                joined = self.joined()
            if join_run is not None and type(joined) not in _unchanging and not is_small(joined):
                refuse_huge(joined)
        except BaseException as error:
            if self.run is not None:
                keep_slots(self, idf, former)
            self.fail(out, 'join', self.join, error)
            return
        if not self.is_watched:
            # What `deliver` comes to for most results.
            if self.bare is not None and type(joined) in _numbers and -MOST_PLAIN < joined < MOST_PLAIN:
                out += (self.bare, f'[{joined!r}]')
                return
            for odf in self.odfs:
                self.deliver(odf, joined, tags, out)
            return
        begin = len(out)
        for odf in self.odfs:
            self.deliver(odf, joined, tags, out)
        if self.is_sampled:
            if self.run is None:
                _unsettled.append(self)
            self.run = idf, given, joined, begin
        else:
            slots = self.slots()
            record = build_record(self, idf, given, slots[idf], slots.values(), joined, self.texts(out, begin))
            out += ('m%d' % self.number, record)

    def slots(self):
        """What each input's last message came to, in the order of the join."""
        return {idf: idf.slot for idf in self.idfs.values()}

    def texts(self, out, begin):
        """What the run whose output begins there put out, by link id: JSON texts."""
        texts = {}
        for at in range(begin, len(out), 2):
            # Behind it there may be what a later run came to before it failed.
            texts.setdefault(out[at], out[at + 1])
        return texts

    def joined(self):
        """csm.md 5.2: what the ODF functions see."""
        if self.only is not None:
            slot = self.only.slot
            if self.join_run is None:
                return slot
            if isinstance(slot, (list, tuple)) and len(slot) == 1:
                slot = slot[0]
            return self.join_run(slot if type(slot) in _unchanging else own(slot))
        if self.join_run is None:
            return [idf.slot for idf in self.idfs.values()]
        arguments = []
        for idf in self.idfs.values():
            slot = idf.slot
            if isinstance(slot, (list, tuple)) and len(slot) == 1:
                slot = slot[0]
            arguments.append(slot if type(slot) in _unchanging else own(slot))
        return self.join_run(*arguments)

    def deliver(self, odf, joined, tags, out):
        """Steps 8 to 10 for one ODF."""
        link_id, function, param_no, tag_param_no, _ = odf
        try:
            if function is None:
                result = values_of(joined)
            elif type(joined) in _unchanging:
                result = values_of(function.run(joined))
            else:
                result = values_of(function.run(*map(own, values_of(joined))))
            if param_no is not None:
                count = len(result)
                if count != param_no:
                    if count == 0:
                        raise SourceError('empty result where %d values are wanted' % param_no)
                    result = [result[min(index, count - 1)] for index in range(param_no)]
            if len(result) == 1 and type(result[0]) in _unchanging or is_small(result):
                pass
            elif not is_within(result, limits['result']):
                raise ResultLimit('result of more than %d bytes, at most as many are published' % limits['result'])
            if tag_param_no:
                wanted = tags[:tag_param_no]
                text = encode(result + wanted + [None] * (tag_param_no - len(wanted)))
            else:
                text = encode(result)
            if len(text) > limits['result']:
                raise ResultLimit('result of %d bytes, at most %d are published' % (len(text), limits['result']))
        except BaseException as error:
            self.fail(out, 'odf', function, error)
            return
        # Both at once: a time limit between the two would put the records out of step.
        out += (link_id, text)

    def fail(self, out, stage, function, error):
        """Reports what user code raised."""
        global _user_code_runs
        if is_late(error):
            # The limit strikes again and again until the call ends; nothing of the user's runs here.
            _user_code_runs = False
            self.report(out, stage, function, describe(error), kind_of(error))
            after_time_limit()
            _user_code_runs = True
            return
        self.report(out, stage, function, describe(error), kind_of(error))

    def report(self, out, stage, function, reason, kind):
        record = json.dumps({
            'graph': self.number,
            'kind': kind,
            'stage': stage,
            'digest': function.digest if function is not None else None,
            'src': function.code if function is not None else None,
            'reason': reason,
        })
        out += ('e', record)


def declare(text):
    """Sets the wanted state of a graph."""
    spec = json.loads(text)
    graph = graphs.get(spec['graph'])
    if graph is None:
        graph = graphs[spec['graph']] = Graph(spec['graph'])
    graph.declare(spec)
    return 'null'


def drop(text):
    """Forgets a graph; answers its slots by link id, as JSON texts, null where a slot is not JSON."""
    graph = graphs.pop(json.loads(text), None)
    slots = {}
    if graph is not None:
        for link_id, idf in graph.idfs.items():
            inputs.pop(str(link_id), None)
            if idf.slot is not None:
                try:
                    slots[link_id] = encode([idf.slot])[1:-1] if is_within(idf.slot, limits['result']) else None
                except BaseException:
                    slots[link_id] = None
    return json.dumps(slots)
