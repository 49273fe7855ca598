// Makes what the executable carries besides pyodide itself: the standard library as bytecode
// and a snapshot of the interpreter's memory after its usual imports, which together bring the
// engine's start from 2.7 s to under half a second. Run by `npm run assets`.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { loadPyodide, version } from "pyodide";

const out = join(import.meta.dir, "../../../build/python");
const stampFile = join(out, "made-from");
const stdlibFile = join(out, "stdlib.zip");
const snapshotFile = join(out, "snapshot.zst");

// Modules user functions commonly import: in the snapshot they cost nothing later.
const PRELOADED =
	"json, math, re, random, time, datetime, statistics, collections, collections.abc, traceback, " +
	"functools, itertools, string, decimal, fractions, hashlib, base64, struct, copy, operator, " +
	"bisect, heapq, uuid, types, linecache";

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
target.close()
`;

const stamp = `pyodide ${version}\n${Bun.hash(readFileSync(import.meta.path)).toString(16)}\n`;
const fresh =
	[stdlibFile, snapshotFile, stampFile].every((file) => existsSync(file)) &&
	readFileSync(stampFile, "utf8") === stamp;
if (!fresh) await make();

async function make(): Promise<void> {
	mkdirSync(out, { recursive: true });
	const pyodideDir = dirname(createRequire(import.meta.url).resolve("pyodide/package.json"));

	const compiler = await loadPyodide();
	compiler.FS.writeFile("/source.zip", readFileSync(join(pyodideDir, "python_stdlib.zip")));
	compiler.runPython(COMPILE_STDLIB);
	writeFileSync(stdlibFile, compiler.FS.readFile("/bytecode.zip"));

	// Both names are pyodide's own unofficial options for snapshots, hence the loose type.
	const options: object = { _makeSnapshot: true, stdLibURL: stdlibFile };
	const donor = await loadPyodide(options);
	donor.runPython(`import ${PRELOADED}`);
	if (!("makeMemorySnapshot" in donor) || typeof donor.makeMemorySnapshot !== "function") {
		throw new Error(`pyodide ${version} cannot make memory snapshots`);
	}
	const snapshot: Uint8Array = donor.makeMemorySnapshot();
	writeFileSync(snapshotFile, Bun.zstdCompressSync(snapshot, { level: 19 }));
	writeFileSync(stampFile, stamp);
	console.log(`Python engine assets made in build/python (snapshot ${snapshot.length} bytes)`);
}
