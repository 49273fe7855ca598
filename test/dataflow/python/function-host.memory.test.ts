// The engine's memory is bounded whatever its functions do: measured on real engines, in MiB.
import { afterEach, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { FunctionHost } from "../../../src/dataflow/python/function-host.ts";
import { launcher } from "../../../src/dataflow/python/launcher.ts";
import type { GraphSpec } from "../../../src/dataflow/python/protocol.ts";
import { systemClock } from "../../../src/kit/clock.ts";
import { quietLog } from "../../support/log.ts";
import { Inbox, until } from "../../support/waiting.ts";

const PLAIN = { qos: 0 } as const;

const MEBIBYTE = 1 << 20;
const LIMIT = 128;
const CHANGES = 5000;
const FILES = 1000;
/** What the JavaScript engine takes for itself while Python works: its garbage and compiled code. */
const OWN = 96;

let host: FunctionHost;
afterEach(() => host.stop());

/** A host whose only graph has one input, 1, and one output, 2. */
function startHost(engine: "embedded" | "python3") {
	const answers = new Inbox<string>();
	const resets: string[] = [];
	const options = {
		engine,
		packagesDir: "",
		callTimeoutMs: 60_000,
		batchTimeoutMs: 60_000,
		maxMemoryBytes: LIMIT * MEBIBYTE,
		maxResultBytes: 10_000,
		recursionLimit: 1000,
		maxPrintChars: 100,
		busyPoll: true,
		queuePerLink: 10,
	};
	host = new FunctionHost(
		options,
		{
			onOutput: (_link, json) => answers.add(json),
			onMonitor: () => {},
			onRecordReady: () => {},
			onPrint: () => {},
			onError: ({ reason }) => answers.add(reason),
			onReset: (reason) => resets.push(reason),
			onAwaited: () => {},
		},
		quietLog,
		{ launch: launcher(options, quietLog), clock: systemClock },
	);
	return { answers, resets };
}

function graph(func: number): GraphSpec {
	const link = { func, param_no: null, tag_param_no: 0 };
	return {
		graph: 1,
		join: null,
		records: "none",
		idfs: [{ ...link, id: 1, name: ["device", "in"], input_type: null, slot: null }],
		odfs: [{ ...link, id: 2, name: ["device", "out"], func: null }],
	};
}

async function use(code: string): Promise<number> {
	const { handle, ready } = host.prepare({ digest: `d${code.length}`, code, helpers: [] });
	await ready;
	host.declare(graph(handle));
	return handle;
}

/** MiB the engine's process has in memory. */
function resident(): number {
	const status = readFileSync(`/proc/${host.stats.pid}/status`, "utf8");
	return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
}

const large = (n: number) =>
	`import dataclasses\n@dataclasses.dataclass\nclass Point:\n  x: int\n  y: int\nnumbers = list(range(2000))\n${`# ${"a comment ".repeat(8)}\n`.repeat(40)}def run(x): return Point(x, ${n}).y\n`;

describe.each(["embedded", "python3"] as const)("memory of the engine %s", (engine) => {
	test(`does not grow over ${CHANGES} changes of a function`, async () => {
		const { answers, resets } = startHost(engine);
		let former = await use(large(0));
		const seen: number[] = [resident()];
		for (let n = 1; n <= CHANGES; n++) {
			const handle = await use(large(n));
			host.release([former]);
			former = handle;
			if (n % 1000 === 0) seen.push(resident());
		}
		host.push(1, "[1]", PLAIN);
		expect(await answers.take("the last function's answer")).toBe(`[${CHANGES}]`);
		console.log(`  ${engine}: MiB after each 1000 changes: ${seen.join(", ")}`);
		expect(resets).toEqual([]);
		// What it had once counts as its own; between two collections it is now more, now less.
		const [before, after] = [Math.max(...seen.slice(0, 3)), Math.min(...seen.slice(-2))];
		expect(after - before).toBeLessThan(16);
	});

	test("keeps of the sources only those in use", async () => {
		const { answers } = startHost(engine);
		const first = await use("def run(x): return x\n");
		for (let n = 0; n < 20; n++) host.release([await use(`def run(x): return ${10 ** n}\n`)]);
		const count =
			"import linecache, sys\nmine = lambda names: sum('UserFunction' in n for n in names)\ndef run(x): return [mine(linecache.cache), mine(sys.modules)]\n";
		await use(count);
		host.release([first]);
		host.push(1, "[1]", PLAIN);
		expect(await answers.take("the numbers of sources and modules")).toBe("[1,1]");
	});
});

/** What a file had before it grew is given back to the system a little later. */
function settles(before: number): Promise<void> {
	return until(() => resident() - before < LIMIT + OWN, "memory within its limit", {
		seen: () => `${before} MiB before, ${resident()} now`,
	});
}

describe("files in memory", () => {
	const write = (size: string) =>
		`import os\ndef run(n):\n  try:\n    for i in range(n):\n      with open(f'/tmp/{i}', 'wb') as file: file.write(bytes(${size}))\n  except OSError as error: return [i, error.strerror]\n  return [n, sum(os.stat(f'/tmp/{i}').st_size for i in range(n))]\n`;

	test(`${FILES} small ones fit, ${FILES} of 1 MiB do not`, async () => {
		const { answers, resets } = startHost("embedded");
		await use(write("10_000"));
		const before = resident();
		host.push(1, String(FILES), PLAIN);
		expect(await answers.take("small files")).toBe(`[${FILES},${FILES * 10_000}]`);
		const small = resident();
		await use(write("1 << 20"));
		host.push(1, String(FILES), PLAIN);
		const [written, problem] = JSON.parse(await answers.take("large files"));
		const after = resident();
		console.log(
			`  MiB: ${before} before, ${small} with ${FILES} files of 10 KB, ${after} after ${written} of 1 MiB`,
		);
		expect(problem).toBe("No space left on device");
		expect(written).toBeGreaterThan(10);
		expect(written).toBeLessThan(LIMIT);
		await settles(before);
		expect(resets).toEqual([]);
	});

	test.each([
		[
			"one file that grows",
			"    with open('/tmp/a', 'wb') as f:\n      for i in range(4000): f.write(bytes(1 << 20)); n += 1\n",
		],
		[
			"a file that is made longer",
			"    with open('/tmp/a', 'wb') as f: f.truncate(1 << 31); n = 4000\n",
		],
		[
			"a write far behind the end",
			"    with open('/tmp/a', 'wb') as f: f.seek(1 << 31); f.write(b'a'); f.flush(); n = 4000\n",
		],
		[
			"millions of empty files",
			"    while n < 4_000_000: open(f'/tmp/{n}', 'w').close(); n += 1\n",
		],
		[
			"removed files that stay open",
			"    all = []\n    while n < 4000:\n      f = open(f'/tmp/{n}', 'wb'); os.unlink(f'/tmp/{n}'); f.write(bytes(1 << 20)); f.flush(); all.append(f); n += 1\n",
		],
	])("%s", async (_what, statements) => {
		const { answers, resets } = startHost("embedded");
		await use(
			`import os\ndef run(x):\n  n = 0\n  try:\n${statements}  except OSError as error: return error.strerror\n  return n\n`,
		);
		const before = resident();
		host.push(1, "1", PLAIN);
		expect(await answers.take("the end of it")).toBe('["No space left on device"]');
		console.log(`  MiB: ${before} before, ${resident()} after`);
		await settles(before);
		expect(resets).toEqual([]);
	});

	test("that are removed make room again", async () => {
		const { answers } = startHost("embedded");
		await use(
			"import os\ndef run(n):\n  for i in range(n):\n    with open('/tmp/a', 'wb') as file: file.write(bytes(1 << 20))\n    os.unlink('/tmp/a')\n  return n\n",
		);
		const before = resident();
		host.push(1, "500", PLAIN);
		expect(await answers.take("500 files, one after the other")).toBe("[500]");
		console.log(`  MiB: ${before} before, ${resident()} after`);
		await settles(before);
	});

	test("leave functions half of the memory, for ever", async () => {
		const { answers, resets } = startHost("embedded");
		await use(
			"def run(x):\n  n = 0\n  try:\n    with open('/tmp/a', 'ab') as file:\n      while True: n += file.write(bytes(100_000)); file.flush()\n  except OSError as error: return [n, error.strerror]\n",
		);
		host.push(1, "1", PLAIN);
		const [written, problem] = JSON.parse(await answers.take("as much as fits"));
		expect(problem).toBe("No space left on device");
		expect(written).toBeLessThanOrEqual((LIMIT << 20) / 2);
		await use("def run(n): return len(list(range(n)))\n");
		for (let round = 0; round < 3; round += 1) {
			host.push(1, "500000", PLAIN);
			expect(await answers.take("a list")).toBe("[500000]");
		}
		expect(resets).toEqual([]);
	});

	test("and objects share one limit", async () => {
		const { answers } = startHost("embedded");
		await use(
			"kept = []\ndef run(x):\n  try:\n    while True: kept.append(bytes(1 << 20))\n  except MemoryError: pass\n  try:\n    with open('/tmp/a', 'wb') as file: file.write(bytes(4 << 20))\n  except (OSError, MemoryError) as error: return type(error).__name__\n",
		);
		host.push(1, "1", PLAIN);
		expect(await answers.take("what is left for files")).toMatch(/^\["(OSError|MemoryError)"\]$/);
	});
});
