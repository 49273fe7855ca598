"""The engine's parts as one module, joined as engine-source.ts joins them, without a main part."""
import functools
import json
import os
import types

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../../../src/dataflow/python')
PARTS = ('limits', 'values', 'functions', 'records', 'idf', 'odf', 'graph', 'batch', 'tools')
LIMITS = {
    'call_ms': 1000, 'batch_ms': 5000, 'memory': 1 << 28, 'result': 200, 'recursion': 500, 'print': 20,
}


@functools.cache
def compiled():
    codes = []
    for part in PARTS:
        with open(os.path.join(FOLDER, part + '.py')) as file:
            codes.append(compile(file.read(), part + '.py', 'exec'))
    return codes


def new_engine(**limits):
    """A fresh engine; its limits are set, but nothing of Python is changed as `configure` would."""
    engine = types.ModuleType('engine')
    for code in compiled():
        exec(code, engine.__dict__)
    engine.limits.update(LIMITS, **limits)
    engine.printer.room = engine.limits['print']
    return engine


def prepare(engine, handle, code, helpers=(), broken=None, digest=None):
    """What the engine answers: why the function cannot be made, or None."""
    request = {
        'handle': handle, 'digest': digest or 'd%d' % handle, 'code': code, 'broken': broken,
        'helpers': [{'alias': alias, 'digest': alias, 'code': source} for alias, source in helpers],
    }
    return json.loads(engine.prepare(json.dumps(request)))


def idf(link_id, func=None, **fields):
    return {
        'id': link_id, 'name': ['device', 'in%d' % link_id], 'func': func, 'input_type': None,
        'param_no': None, 'tag_param_no': 0, 'slot': None, **fields,
    }


def odf(link_id, func=None, **fields):
    return {
        'id': link_id, 'name': ['device', 'out%d' % link_id], 'func': func,
        'param_no': None, 'tag_param_no': 0, **fields,
    }


def declare(engine, idfs, odfs, join=None, records='none', graph=1):
    spec = {'graph': graph, 'idfs': idfs, 'odfs': odfs, 'join': join, 'records': records}
    assert engine.declare(json.dumps(spec)) == 'null'


def run(engine, *messages):
    """Runs (link id, payload) pairs to their end; gives the records as (target, value) pairs."""
    fields = [str(field) for message in messages for field in message]
    answers = [engine.start_batch(engine.SEPARATOR.join(fields))]
    while sum(int(answer.split()[0]) for answer in answers) < len(messages):
        answers.append(engine.continue_batch())
    records = []
    for answer in answers:
        _, *parts = answer.split(engine.SEPARATOR)
        records += zip(parts[::2], parts[1::2])
    return records


def errors(records):
    return [json.loads(value) for target, value in records if target == 'e']
