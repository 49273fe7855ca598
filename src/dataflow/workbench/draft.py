"""Trying a draft: it is made as a function is, and called with samples, one at a time."""
import builtins
import gc
import json
import sys

DRAFT = 'draft'
DRAFT_FILE = '<UserFunction:%s>' % DRAFT
_draft = None
# What all functions have in common, before any draft ran.
_builtins = dict(vars(builtins))
# What is there by now stays: it need not be looked through after each draft.
gc.freeze()


def open_draft(request):
    """Makes the function of a draft; with helpers they are its `iot`, as of the functions that CCM generates."""
    global _draft
    _draft = Function(DRAFT, request['code'])
    begin = _clock()
    error = None
    try:
        if request['helpers']:
            helpers = [{'digest': one['alias'], **one} for one in request['helpers']]
            _draft.build({'digest': DRAFT, 'code': request['code'], 'helpers': helpers})
        else:
            _draft.run = _draft.compile(DRAFT, request['code'], {})
    except SourceError as failure:
        error = error_of(failure.__context__, str(failure))
    return answer(begin, error=error)


def try_sample(request):
    """Calls the draft with one sample, as a function of its stage would be."""
    global _user_code_runs
    begin = _clock()
    error = result = None
    try:
        _user_code_runs = True
        result = draft_result(request['stage'], json.loads(request['sample']))
    except BaseException as failure:
        _user_code_runs = False
        error = error_of(failure, describe(failure))
    finally:
        _user_code_runs = False
    return answer(begin, result, error)


def draft_result(stage, sample):
    """JSON of what the draft gives."""
    arguments = sample if isinstance(sample, list) else [sample]
    if stage == 'join':
        # A slot with one value is that value (csm.md 5.2).
        arguments = [slot[0] if isinstance(slot, list) and len(slot) == 1 else slot for slot in arguments]
    value = _draft.run(*arguments)
    if stage != 'odf':
        return show(value)
    if not is_within(value, limits['result']):
        raise ResultLimit('result of more than %d bytes, too long to show' % limits['result'])
    text = encode([value])[1:-1]
    if len(text) > limits['result']:
        raise ResultLimit('result of %d bytes, at most %d are shown' % (len(text), limits['result']))
    return text


def error_of(error, reason):
    if error is None:
        kind = 'source'
    elif isinstance(error, SyntaxError) and error.filename == DRAFT_FILE:
        kind = 'syntax'
    else:
        kind = kind_of(error)
    line = line_of(error)
    if error is not None and is_late(error):
        after_time_limit()
    return {'kind': kind, 'line': line if type(line) is int and line > 0 else None, 'reason': reason}


def line_of(error):
    """The line of the draft where it happened."""
    if isinstance(error, SyntaxError) and error.filename == DRAFT_FILE:
        return error.lineno
    line = None
    trace = error.__traceback__ if error is not None else None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == DRAFT_FILE:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def answer(begin, result=None, error=None):
    text = json.dumps({'error': error, 'printed': printer.take(), 'ms': round((_clock() - begin) * 1000, 3)})
    return text if result is None else '%s,"result":%s}' % (text[:-1], result)


def close_draft(_):
    """Forgets a draft; whether it left alone what all functions have in common."""
    global _draft, _user_code_runs
    try:
        # What is let go may have code of its own for that.
        _user_code_runs = True
        if _draft is not None:
            _draft.forget()
            _draft = None
        gc.collect()
    except BaseException:
        return 'false'
    finally:
        _user_code_runs = False
        printer.take()
    own = vars(builtins)
    same = own.keys() == _builtins.keys() and all(own[name] is _builtins[name] for name in own if name != '_')
    return json.dumps(same and sys.stdout is printer and sys.stderr is printer)


tools.update(open=open_draft, sample=try_sample, close=close_draft)
