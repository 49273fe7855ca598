"""The workbench's look at a source: it is compiled, and nothing of it runs."""
import dis
import json

CHECKED = '<UserFunction>'


def compiled(code):
    # Python, too, takes a file that begins with a byte order mark.
    return compile(code.removeprefix('\ufeff'), CHECKED, 'exec', dont_inherit=True)


def check(code):
    """What speaks against a source: text, or null."""
    global _user_code_runs
    reason = None
    try:
        # A source may be long: that is watched as if it ran.
        _user_code_runs = True
        if not may_bind(compiled(code), 'run'):
            reason = 'function name `run` is undefined'
    except BaseException as error:
        _user_code_runs = False
        # What takes too long or too much memory to compile here is not known to be wrong.
        is_too_much = is_late(error) or isinstance(error, MemoryError)
        reason = None if is_too_much else describe(error).strip()
    finally:
        _user_code_runs = False
    # Warnings of the compiler.
    printer.take()
    return json.dumps(reason)


def codes_of(program):
    """A program's code and that of everything in it."""
    codes = [program]
    for code in codes:
        codes += [const for const in code.co_consts if hasattr(const, 'co_code')]
    return codes


def is_open(program):
    """Whether names may come into its globals that are not written there."""
    return any(
        not {'exec', 'globals', 'vars', 'locals', 'setattr'}.isdisjoint(code.co_names)
        or any(is_star_import(one) for one in instructions(code, '*'))
        for code in codes_of(program)
    )


def is_star_import(one):
    return one.opname == 'IMPORT_STAR' or one.argrepr == 'INTRINSIC_IMPORT_STAR'


def instructions(code, name):
    """Its instructions, if a name can be among those it uses; `*` stands for all names of a module."""
    is_there = ('*',) in code.co_consts if name == '*' else name in code.co_names
    return dis.get_instructions(code) if is_there else ()


def may_bind(program, name):
    """Whether running the program can make that name."""
    for code in codes_of(program):
        kinds = ('STORE_NAME', 'STORE_GLOBAL') if code is program else ('STORE_GLOBAL',)
        if any(one.opname in kinds and one.argval == name for one in instructions(code, name)):
            return True
    return is_open(program)


tools['check'] = check
