// Makes what the executable carries besides pyodide itself: the standard library and the engine's own program as
// bytecode, and a snapshot of the interpreter's memory after its usual imports, which together bring the
// engine's start from 2.7 s to under half a second. `npm start`, `npm test` and the like run it.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { loadPyodide, version } from "pyodide";
import { EMBEDDED_SOURCE, FILE_NAME, stampOf } from "./engine-source.ts";
import { packSnapshot } from "./snapshot.ts";
import { allZones, ZONES_VERSION } from "./zones.ts";

const out = join(import.meta.dir, "../../../build/python");
const stampFile = join(out, "made-from");
const stdlibFile = join(out, "stdlib.zip");
const snapshotFile = join(out, "snapshot.zst");
const modulesFile = join(out, "modules.txt");
const completionsFile = join(out, "completions.txt");
const engineFile = join(out, "engine.bin");

// Modules user functions commonly import: in the snapshot they cost nothing later.
const PRELOADED =
	"json, math, re, random, time, datetime, statistics, collections, collections.abc, traceback, " +
	"functools, itertools, string, decimal, fractions, hashlib, base64, struct, copy, operator, " +
	"bisect, heapq, uuid, types, linecache, asyncio, dataclasses, enum, typing, zoneinfo, " +
	"importlib.resources, tempfile, textwrap, csv, logging, threading, queue, urllib.parse";

const COMPILE_STDLIB = `
import zipfile, importlib._bootstrap_external as external
source = zipfile.ZipFile('/source.zip')
target = zipfile.ZipFile('/bytecode.zip', 'w', zipfile.ZIP_DEFLATED)
made_at = (1980, 1, 1, 0, 0, 0)
for entry in source.infolist():
    name, data = entry.filename, source.read(entry)
    if name.endswith('.py'):
        code = compile(data, '/lib/python314.zip/' + name, 'exec', dont_inherit=True, optimize=0)
        name, data = name + 'c', external._code_to_hash_pyc(code, bytes(8), False)
    target.writestr(zipfile.ZipInfo(name, made_at), data, zipfile.ZIP_DEFLATED)

# The package in which zoneinfo looks for zones where the machine has none.
def add(name, data):
    target.writestr(zipfile.ZipInfo('tzdata/' + name, made_at), data, zipfile.ZIP_DEFLATED)

add('__init__.py', 'IANA_VERSION = %r\\n' % zones_version)
add('zones', ''.join(name + '\\n' for name in sorted(zones)))
folders = {''}
for name, data in zones.items():
    add('zoneinfo/' + name, bytes.fromhex(data))
    parts = name.split('/')
    folders.update('/'.join(parts[:n]) + '/' for n in range(1, len(parts)))
for folder in sorted(folders):
    add('zoneinfo/' + folder + '__init__.py', '')
target.close()
`;

// What functions can import: everything that Python calls its own, and that this one can import.
// This list comes after the standard library is made, since a failed import may leave something behind.
const LIST_MODULES = `
import sys, warnings
warnings.simplefilter('ignore')
shunned = {'antigravity', 'this', 'ctypes', 'webbrowser'}
def works(name):
    if name.startswith('_') or name in shunned:
        return False
    try:
        __import__(name)
        return True
    except ImportError:
        return False
'\\n'.join(filter(works, sorted(sys.stdlib_module_names)))
`;

// Names an editor offers: those of Python itself and of the preloaded modules. A default that has no literal is left open.
const LIST_COMPLETIONS = `
import builtins, importlib, inspect, json, re

def entry(name, value):
    kind = 'class' if inspect.isclass(value) else 'function' if callable(value) else 'value'
    found = {'name': name, 'kind': kind}
    if kind != 'value':
        try:
            found['signature'] = re.sub('<[^<>]*>', '...', str(inspect.signature(value)))
        except (TypeError, ValueError):
            pass
    return found

def entries(owner):
    names = getattr(owner, '__all__', None) or dir(owner)
    named = [(name, getattr(owner, name, owner)) for name in sorted(names) if not name.startswith('_')]
    return [entry(name, value) for name, value in named if not inspect.ismodule(value)]

preloaded = {name: entries(importlib.import_module(name)) for name in preloaded_names.split(', ')}
json.dumps({'builtins': entries(builtins), 'modules': preloaded}, separators=(',', ':'))
`;

const COMPILE_ENGINE = `
import marshal
marshal.dumps(compile(engine_source, engine_file, 'exec', dont_inherit=True))
`;

const makers = [
	import.meta.path,
	...["snapshot.ts", "zones.ts"].map((name) => join(import.meta.dir, name)),
];
const hash = Bun.hash(Buffer.concat(makers.map((file) => readFileSync(file)))).toString(16);
const stamp = `pyodide ${version}\nzones ${ZONES_VERSION}\n${hash}\n`;
const fresh =
	[stdlibFile, snapshotFile, modulesFile, completionsFile, stampFile].every((file) =>
		existsSync(file),
	) && readFileSync(stampFile, "utf8") === stamp;
if (!fresh) await make();
const engineStamp = stampOf(EMBEDDED_SOURCE);
// Another Python has another bytecode.
if (!fresh || !isEngineCurrent()) await makeEngine();

function isEngineCurrent(): boolean {
	return (
		existsSync(engineFile) &&
		readFileSync(engineFile).subarray(0, engineStamp.length).equals(engineStamp)
	);
}

async function makeEngine(): Promise<void> {
	const compiler = await loadPyodide({ env: {} });
	compiler.globals.set("engine_source", EMBEDDED_SOURCE);
	compiler.globals.set("engine_file", FILE_NAME);
	const code: Uint8Array = compiler.runPython(COMPILE_ENGINE).toJs();
	writeFileSync(engineFile, Buffer.concat([engineStamp, code]));
}

async function make(): Promise<void> {
	mkdirSync(out, { recursive: true });
	const pyodideDir = dirname(createRequire(import.meta.url).resolve("pyodide/package.json"));

	// Emscripten would put this script's path into the snapshot, as the program and as $_.
	process.argv[1] = "python";
	const compiler = await loadPyodide({ env: {} });
	const zones = [...allZones()].map(([name, file]) => [name, file.toString("hex")]);
	compiler.globals.set("zones", compiler.toPy(Object.fromEntries(zones)));
	compiler.globals.set("zones_version", ZONES_VERSION);
	compiler.FS.writeFile("/source.zip", readFileSync(join(pyodideDir, "python_stdlib.zip")));
	compiler.runPython(COMPILE_STDLIB);
	writeFileSync(stdlibFile, compiler.FS.readFile("/bytecode.zip"));

	writeFileSync(modulesFile, `${compiler.runPython(LIST_MODULES)}\n`);
	compiler.globals.set("preloaded_names", PRELOADED);
	writeFileSync(completionsFile, compiler.runPython(LIST_COMPLETIONS));

	// Both names are pyodide's own unofficial options for snapshots, hence the loose type.
	const options: object = { _makeSnapshot: true, stdLibURL: stdlibFile, env: {} };
	const donor = await loadPyodide(options);
	donor.runPython(`import ${PRELOADED}`);
	if (!("makeMemorySnapshot" in donor) || typeof donor.makeMemorySnapshot !== "function") {
		throw new Error(`pyodide ${version} cannot make memory snapshots`);
	}
	const snapshot: Uint8Array = donor.makeMemorySnapshot();
	writeFileSync(snapshotFile, Bun.zstdCompressSync(packSnapshot(snapshot), { level: 19 }));
	writeFileSync(stampFile, stamp);
	console.log(`Python engine assets made in build/python (snapshot ${snapshot.length} bytes)`);
}
