"""User functions: sources to callables, and back to nothing when no graph uses them any more."""
import gc
import json
import linecache
import sys
import types

# Garbage of so many functions is worth a collection: their globals are circles.
RELEASES_PER_COLLECTION = 64

functions = {}
# File name in tracebacks → that source, while some use of it is alive.
_sources = {}
_released = 0


class Source:
    """What the uses of a source share: its text for tracebacks, and what it is compiled to."""

    def __init__(self):
        self.uses = 0
        self.code = self.lines = self.compiled = None

    def take(self, file, code):
        """Another use; a digest stands for one text, but nothing depends on that."""
        self.uses += 1
        if code != self.code:
            self.code, self.lines = code, (len(code), None, code.splitlines(True), file)
            self.compiled = None


class Function:
    """One use of a user function: its own globals, shared with no other use."""

    def __init__(self, digest, code):
        self.digest = digest
        self.code = code
        self.run = None
        # What was entered for it elsewhere: (file name, module name) of itself and its helpers.
        self.entries = []

    def build(self, request):
        """Compiles helpers and source, and runs their top levels; SourceError says why that failed."""
        iot = types.SimpleNamespace()
        for helper in request['helpers']:
            alias = helper['alias']
            if hasattr(iot, alias):
                raise SourceError('`%s` in `depends` is a name that Python keeps for itself' % alias)
            setattr(iot, alias, self.compile(helper['digest'], helper['code'], {}))
        self.run = self.compile(request['digest'], request['code'], {'iot': iot})

    def compile(self, digest, code, given):
        global _user_code_runs, _time_is_up
        _time_is_up = False
        # Python, too, takes a file that begins with a byte order mark.
        code = code.removeprefix('\ufeff')
        file, namespace = self.enter(digest, code)
        namespace.update(given)
        source = _sources[file]
        try:
            _user_code_runs = True
            if source.compiled is None:
                source.compiled = compile(code, file, 'exec', dont_inherit=True)
            exec(source.compiled, namespace)
        except BaseException as error:
            _user_code_runs = False
            raise SourceError(describe(error)) from None
        finally:
            _user_code_runs = False
        if 'run' not in namespace:
            raise SourceError('`run` not found in ' + file)
        run = namespace['run']
        if not isinstance(run, types.FunctionType):
            raise SourceError('`run` must be a function')
        return run

    def enter(self, digest, code):
        """Makes source and namespace known: to tracebacks, and as the module that its classes name."""
        file = name = '<UserFunction:%s>' % digest
        source = _sources.setdefault(file, Source())
        source.take(file, code)
        uses = source.uses
        while name in sys.modules:
            uses += 1
            name = '%s#%d' % (file, uses)
        linecache.cache[file] = source.lines
        module = sys.modules[name] = types.ModuleType(name)
        self.entries.append((file, name))
        return file, module.__dict__

    def forget(self):
        for file, name in self.entries:
            sys.modules.pop(name, None)
            source = _sources[file]
            source.uses -= 1
            if source.uses == 0:
                del _sources[file]
                linecache.cache.pop(file, None)
        self.entries = []


def broken(reason):
    def run(*_):
        raise SourceError(reason)
    return run


def prepare(text):
    """Makes a function ready under its handle; a source that fails becomes one that reports why."""
    request = json.loads(text)
    reason = request['broken']
    function = Function(request['digest'], request['code'])
    if reason is None:
        try:
            function.build(request)
        except SourceError as error:
            reason = str(error)
            function.forget()
    if function.run is None:
        function.run = broken(reason)
    functions[request['handle']] = function
    return json.dumps(reason)


def release(text):
    """Forgets functions no graph uses any more."""
    global _released
    for handle in json.loads(text):
        function = functions.pop(handle, None)
        if function is not None:
            function.forget()
            _released += 1
    if _released >= RELEASES_PER_COLLECTION:
        _released = 0
        gc.collect()
    return 'null'
