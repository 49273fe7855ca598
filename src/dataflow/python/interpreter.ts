import { readFileSync, writeSync } from "node:fs";
import { loadPyodide, type PyodideAPI } from "pyodide";
import createPyodideModule from "pyodide/pyodide.asm.mjs";
import wasmPath from "pyodide/pyodide.asm.wasm" with { type: "file" };
import { info } from "pyodide/pyodide-lock.json" with { type: "json" };
import snapshotPath from "../../../build/python/snapshot.zst" with { type: "file" };
import stdlibPath from "../../../build/python/stdlib.zip" with { type: "file" };
import { InvariantError, messageOf } from "../../kit/mod.ts";
import { runProgram } from "./engine-code.ts";
import { FileMemory, type FileSystem } from "./file-memory.ts";
import { ImportLock } from "./import-lock.ts";
import { installPackages } from "./install-packages.ts";
import { localZone } from "./local-zone.ts";
import { monotonicClock } from "./monotonic-clock.ts";
import { type EngineLimits, limitsText } from "./protocol.ts";
import { protectStack } from "./python-stack.ts";
import { type Snapshot, unpackSnapshot } from "./snapshot.ts";
import { packageBytes, readPackages } from "./wheels.ts";
import { ZoneClock } from "./zone-clock.ts";

/** Where pyodide may look for files besides those it is handed: there are none. */
const NOWHERE = "/nonexistent/";

/** Where the C library's record of a compiled module has its path. */
const LIBRARY_NAME = 36;

/** Python's own copy of the zone rules, for a machine without. */
const READ_ZONE = `
def read_zone(name):
    from zoneinfo._common import ZoneInfoNotFoundError, load_tzdata
    try:
        with load_tzdata(name) as file:
            return file.read().hex()
    except (ZoneInfoNotFoundError, ValueError):
        return ''
read_zone
`;

/** The engine's Python side: text in, text out (see `batch.py`). */
export interface Interpreter {
	prepare(request: string): string;
	release(request: string): string;
	declare(request: string): string;
	drop(request: string): string;
	record(request: string): string;
	tool(request: string): string;
	startBatch(batch: string): string;
	continueBatch(): string;
}

/** Share of the engine's memory, packages taken off, that files of functions may take. */
const FILE_SHARE = 0.5;

type Imports = Record<string, Record<string, CallableFunction>>;
type Instantiated = (instance: WebAssembly.Instance, module: WebAssembly.Module) => void;

/** What is known once the interpreter's memory is there; the imports look it up when they are called. */
interface Late {
	exports?: WebAssembly.Instance["exports"];
	memory?: WebAssembly.Memory;
	snapshot?: Snapshot | undefined;
	files?: FileMemory;
	clock?: Record<string, CallableFunction>;
	imports?: {
		readonly env: Record<string, CallableFunction>;
		readonly names: readonly string[];
		readonly guarded: Readonly<Record<string, CallableFunction>>;
	};
}

/**
 * Starts CPython from the snapshot, loads the engine's Python and closes the gate to the host.
 * @param interrupt Shared byte: 2 in it interrupts the running Python code.
 */
export async function startInterpreter(
	limits: EngineLimits,
	interrupt: Uint8Array,
): Promise<Interpreter> {
	const late: Late = {};
	// Memory and files together stay within the limit: whichever comes first takes from the other. But
	// files are there for all and for ever, so they leave functions half of what packages left.
	const { maxMemoryBytes } = limits;
	const lock = new ImportLock(
		(bytes) =>
			bytes + (late.files?.bytes ?? 0) <= maxMemoryBytes ||
			bytes + (late.files?.recount() ?? 0) <= maxMemoryBytes,
		interrupt,
	);
	const python = await load(lock, late);
	const { exports, memory } = late;
	if (exports === undefined || memory === undefined) throw new InvariantError("no interpreter");
	protectStack(exports);
	let most = maxMemoryBytes;
	late.files = new FileMemory(fileSystemOf(python), () =>
		Math.max(0, Math.min(most, maxMemoryBytes - memory.buffer.byteLength)),
	);
	await addPackages(python, memory, lock, limits, late);
	const packages = late.files.recount();
	most = packages + Math.floor((maxMemoryBytes - packages) * FILE_SHARE);
	const readZone = python.runPython(READ_ZONE);
	const zone = localZone(process.env.TZ, (name) => zoneFile(readZone(name)));
	const clock = new ZoneClock(memory, zone);
	clock.nameZone(exports);
	late.clock = clock.imports;
	runProgram(python);
	const take = (name: string) => python.globals.get(name);
	const interpreter = {
		prepare: take("prepare"),
		release: take("release"),
		declare: take("declare"),
		drop: take("drop"),
		record: take("record"),
		tool: take("tool"),
		startBatch: take("start_batch"),
		continueBatch: take("continue_batch"),
	};
	const settle = take("settle");
	python.setInterruptBuffer(interrupt);
	settle(limitsText(limits));
	lock.close();
	return interpreter;
}

/** Unpacks the wheels of `packages`; what cannot be loaded goes to the log by way of standard error. */
async function addPackages(
	python: PyodideAPI,
	memory: WebAssembly.Memory,
	lock: ImportLock,
	limits: EngineLimits,
	late: Late,
): Promise<void> {
	const { wheels } = readPackages(limits.packagesDir, packageBytes(limits.maxMemoryBytes));
	if (wheels.length === 0) return;
	guardForLibraries(lock, late);
	const { problems, isLoaded } = await installPackages(python, wheels);
	lock.admitLibraries((handle) => isLoaded(textAt(memory, handle + LIBRARY_NAME)));
	for (const problem of problems) writeSync(process.stderr.fd, `${problem}\n`);
}

/** Compiled modules are linked with the functions of `env`: from now on those are guarded as well. */
function guardForLibraries(lock: ImportLock, { imports }: Late): void {
	if (imports === undefined) return;
	const { env, names, guarded } = imports;
	for (const name of names) {
		const host = env[name];
		if (typeof host !== "function") continue;
		// The dynamic linker looks for a function's signature there.
		const sig: unknown = Reflect.get(host, "sig");
		env[name] = Object.assign(guarded[name] ?? lock.guard(name, host), { sig });
	}
}

function textAt(memory: WebAssembly.Memory, at: number): string {
	const bytes = Buffer.from(memory.buffer, at);
	return bytes.toString("utf8", 0, bytes.indexOf(0));
}

async function load(lock: ImportLock, late: Late): Promise<PyodideAPI> {
	const compiling = WebAssembly.compile(readFileSync(wasmPath));
	// Other threads compile meanwhile.
	const snapshot = unpackSnapshot(Bun.zstdDecompressSync(readFileSync(snapshotPath)));
	late.snapshot = snapshot;
	const module = await compiling;
	// Half of these options are pyodide's own, made for other packagers: hence the loose type.
	const settings: object = {
		indexURL: NOWHERE,
		stdLibURL: stdlibPath,
		lockFileContents: { info, packages: {} },
		packageBaseUrl: NOWHERE,
		env: {},
		stdin: () => null,
		stdout: () => {},
		stderr: () => {},
		_loadSnapshot: snapshot.header,
		createPyodideModule: async (given: Record<string, unknown>) => {
			given.instantiateWasm = (imports: Imports, done: Instantiated) => {
				void instantiate(module, imports, lock, late).then((instance) => {
					const { exports } = instance;
					late.exports = exports;
					if (exports.memory instanceof WebAssembly.Memory) late.memory = exports.memory;
					done(instance, module);
				});
				return {};
			};
			const created = await createPyodideModule(given);
			if (late.memory === undefined) throw new InvariantError("the interpreter has no memory");
			late.snapshot?.restore(new Uint8Array(late.memory.buffer));
			// pyodide keeps these settings, and what they refer to.
			late.snapshot = undefined;
			return created;
		},
	};
	process.on("unhandledRejection", ignoreOwnWasmLookup);
	return loadPyodide(settings);
}

// pyodide begins to read its WebAssembly file by itself although it is handed the module, and drops
// the promise of that. Any other unhandled rejection ends the engine.
function ignoreOwnWasmLookup(error: unknown): void {
	if (messageOf(error).includes(`${NOWHERE}pyodide.asm.wasm`)) return;
	process.exit(1);
}

function fileSystemOf(python: PyodideAPI): FileSystem {
	const files: FileSystem = python.FS;
	return files;
}

function zoneFile(hex: unknown): Buffer | undefined {
	return typeof hex === "string" && hex !== "" ? Buffer.from(hex, "hex") : undefined;
}

async function instantiate(
	module: WebAssembly.Module,
	imports: Imports,
	lock: ImportLock,
	late: Late,
): Promise<WebAssembly.Instance> {
	// What pyodide itself falls back to where WebAssembly offers no opaque values.
	const marker = Symbol("error marker");
	const own: Imports[string] = {
		Jsv_GetError_import: () => marker,
		JsvError_Check: (value: unknown) => (value === marker ? 1 : 0),
	};
	const guarded: Imports = {};
	for (const { module: space, name, kind } of WebAssembly.Module.imports(module)) {
		const host = own[name] ?? imports[space]?.[name];
		if (kind !== "function" || host === undefined) continue;
		guarded[space] ??= {};
		guarded[space][name] =
			space === "env" ? lock.guard(name, onZone(name, host, late)) : onClock(name, host, late);
	}
	const env = imports.env ?? {};
	// Python's own functions come to these later.
	late.imports = { env, names: Object.keys(env), guarded: guarded.env ?? {} };
	return WebAssembly.instantiate(module, { ...imports, ...guarded });
}

function onClock(name: string, host: CallableFunction, late: Late): CallableFunction {
	return name === "clock_time_get" ? monotonicClock(host, () => late.memory) : host;
}

/** The clock's calls go to the local zone as soon as that is known. */
function onZone(name: string, host: CallableFunction, late: Late): CallableFunction {
	if (!["_localtime_js", "_mktime_js", "_tzset_js"].includes(name)) return host;
	return (...values: unknown[]) => (late.clock?.[name] ?? host)(...values);
}
