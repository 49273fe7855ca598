import { readFileSync } from "node:fs";
import { loadPyodide } from "pyodide";
import createPyodideModule from "pyodide/pyodide.asm.mjs";
import wasmPath from "pyodide/pyodide.asm.wasm" with { type: "file" };
import lockFile from "pyodide/pyodide-lock.json" with { type: "json" };
import snapshotPath from "../../../build/python/snapshot.zst" with { type: "file" };
import stdlibPath from "../../../build/python/stdlib.zip" with { type: "file" };
import { messageOf } from "../../errors.ts";
import source from "./engine.py" with { type: "text" };
import { ImportLock } from "./import-lock.ts";
import { type EngineLimits, limitsText } from "./protocol.ts";

/** Where pyodide may look for files besides those it is handed: there are none. */
const NOWHERE = "/nonexistent/";

/** The engine's Python side: text in, text out (see `engine.py`). */
export interface Interpreter {
	prepare(request: string): string;
	release(request: string): string;
	declare(request: string): string;
	drop(request: string): string;
	startBatch(batch: string): string;
	continueBatch(): string;
}

type Imports = Record<string, Record<string, CallableFunction>>;
type Instantiated = (instance: WebAssembly.Instance, module: WebAssembly.Module) => void;

/**
 * Starts CPython from the snapshot, loads `engine.py` and closes the gate to the host.
 * @param interrupt Shared byte: 2 in it interrupts the running Python code.
 */
export async function startInterpreter(
	limits: EngineLimits,
	interrupt: Uint8Array,
): Promise<Interpreter> {
	const lock = new ImportLock(limits.maxMemoryBytes);
	const module = await WebAssembly.compile(readFileSync(wasmPath));
	// Half of these options are pyodide's own, made for other packagers: hence the loose type.
	const settings: object = {
		indexURL: NOWHERE,
		stdLibURL: stdlibPath,
		lockFileContents: { ...lockFile, packages: {} },
		packageBaseUrl: NOWHERE,
		env: {},
		stdout: () => {},
		stderr: () => {},
		_loadSnapshot: Bun.zstdDecompressSync(readFileSync(snapshotPath)),
		createPyodideModule: (given: Record<string, unknown>) => {
			given.instantiateWasm = (imports: Imports, done: Instantiated) => {
				void instantiate(module, imports, lock).then((instance) => done(instance, module));
				return {};
			};
			return createPyodideModule(given);
		},
	};
	process.on("unhandledRejection", ignoreOwnWasmLookup);
	const python = await loadPyodide(settings);
	python.runPython(source, { filename: "<iotctl engine>" });
	const take = (name: string) => python.globals.get(name);
	const interpreter = {
		prepare: take("prepare"),
		release: take("release"),
		declare: take("declare"),
		drop: take("drop"),
		startBatch: take("start_batch"),
		continueBatch: take("continue_batch"),
	};
	take("configure")(limitsText(limits));
	python.setInterruptBuffer(interrupt);
	lock.close();
	return interpreter;
}

// pyodide begins to read its WebAssembly file by itself although it is handed the module, and drops
// the promise of that. Anything else that nobody handles ends the engine.
function ignoreOwnWasmLookup(error: unknown): void {
	if (messageOf(error).includes(`${NOWHERE}pyodide.asm.wasm`)) return;
	process.exit(1);
}

async function instantiate(
	module: WebAssembly.Module,
	imports: Imports,
	lock: ImportLock,
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
		guarded[space][name] = space === "env" ? lock.guard(name, host) : host;
	}
	return WebAssembly.instantiate(module, { ...imports, ...guarded });
}
