"""What looks wrong in a source, with places; lines and columns count from 1, columns in characters."""
import ast
import builtins
import dis
import json
import warnings

MOST_FINDINGS = 100
MOST_CHARS = 200
_LOADS = ('LOAD_NAME', 'LOAD_GLOBAL', 'LOAD_FROM_DICT_OR_GLOBALS')
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


class Findings:
    def __init__(self, code):
        self.lines = code.replace('\r\n', '\n').replace('\r', '\n').split('\n')
        self.all = {}

    def add(self, line, column, severity, text_id, **args):
        args = {name: str(text)[:MOST_CHARS] for name, text in args.items()}
        found = {'line': line, 'column': column, 'severity': severity, 'text_id': text_id, 'args': args}
        # The compiler may write a place twice.
        self.all.setdefault((line, column, text_id, *args.values()), found)

    def at(self, node, severity, text_id, **args):
        """At an ast node or a position, whose columns count bytes from 0."""
        text = self.lines[node.lineno - 1] if node.lineno <= len(self.lines) else ''
        before = text.encode(errors='replace')[:node.col_offset].decode(errors='replace')
        self.add(node.lineno, len(before) + 1, severity, text_id, **args)

    def text(self):
        found = sorted(self.all.values(), key=lambda one: (one['line'], one['column'], one['text_id']))
        return json.dumps(found[:MOST_FINDINGS])


def lint(request):
    global _user_code_runs
    code = request['code'].removeprefix('\ufeff')
    findings = Findings(code)
    try:
        _user_code_runs = True
        look(code, request['has_helpers'], findings)
    except SyntaxError as error:
        findings.add(error.lineno or 1, error.offset or 1, 'error', 'syntax_error', message=error.msg)
    except BaseException as error:
        _user_code_runs = False
        # Too deep for Python, or too long for the time there is.
        findings.add(1, 1, 'error', 'not_checked', message=describe(error).splitlines()[-1])
    finally:
        _user_code_runs = False
    printer.take()
    return findings.text()


def look(code, has_helpers, findings):
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter('always')
        tree = ast.parse(code, CHECKED)
        program = compile(tree, CHECKED, 'exec', dont_inherit=True)
    for warning in said:
        findings.add(warning.lineno or 1, 1, 'warning', 'python_warning', message=warning.message)
    if not may_bind(program, 'run'):
        findings.add(1, 1, 'error', 'no_run')
    if not is_open(program):
        find_undefined(program, has_helpers, findings)
    find_unused(tree, findings)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == 'run' and not returns(node):
            findings.at(node, 'warning', 'run_returns_nothing')


def find_undefined(program, has_helpers, findings):
    known = set(dir(builtins))
    if has_helpers:
        known.add('iot')
    read = []
    for code in codes_of(program):
        own = set()
        for one in dis.get_instructions(code):
            if one.opname == 'STORE_GLOBAL' or one.opname == 'STORE_NAME' and code is program:
                known.add(one.argval)
            elif one.opname == 'STORE_NAME':
                own.add(one.argval)
            elif one.opname in _LOADS:
                read.append((one.argval, one.positions, own))
    for name, place, own in read:
        if name in known or name in own or name.startswith('__') or place is None or place.lineno is None:
            continue
        findings.at(Place(place), 'error', 'undefined_name', name=name)


class Place:
    def __init__(self, positions):
        self.lineno = positions.lineno
        self.col_offset = positions.col_offset or 0


def find_unused(tree, findings):
    """Names that are never read, wherever; so one that is read in another scope counts as used."""
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store)}
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)) and getattr(node, 'module', '') != '__future__':
            for alias in node.names:
                name = alias.asname or alias.name.partition('.')[0]
                # As a text it may be in a quoted annotation, or in __all__.
                if name not in used and name not in texts and name not in ('*', 'run'):
                    findings.at(alias, 'warning', 'unused_import', name=name)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            find_unused_variables(node, findings)


def find_unused_variables(function, findings):
    used, elsewhere = set(), set()
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store):
            used.add(node.id)
            # All of them, by name.
            if node.id in ('locals', 'exec', 'eval'):
                return
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            elsewhere.update(node.names)
    for node in own_nodes(function):
        for target in node.targets if isinstance(node, ast.Assign) else ():
            if isinstance(target, ast.Name) and not target.id.startswith('_') and target.id not in used | elsewhere:
                findings.at(target, 'warning', 'unused_variable', name=target.id)


def own_nodes(function):
    """Everything in a function but what is in functions and classes inside it."""
    rest = list(function.body)
    for node in rest:
        if not isinstance(node, _SCOPES):
            rest += ast.iter_child_nodes(node)
    return rest


def returns(function):
    return any(
        isinstance(node, ast.Return) and node.value is not None or isinstance(node, (ast.Yield, ast.YieldFrom))
        for node in own_nodes(function)
    ) or all(isinstance(node, ast.Raise) for node in function.body)


tools['lint'] = lint
