// Ordinary calls of Python's library, with a counter in another graph beside them: each call works or is an
// error of its own message, and the counter never falls back, because the engine lives through all of them.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Flow } from "../support/flow.ts";
import { startTarget, type Target } from "../support/target.ts";
import { until } from "../support/waiting.ts";

const ENGINE = process.env.IOTCTL_ENGINE ?? "embedded";
const CALL_MS = 5000;

/** What is right: a value, or the class of the exception; a pair where the engines differ in it. */
type Wanted = string | { readonly embedded: string; readonly python3: string };

/** [what, lines in front of `run`, the expression it gives back, right answer as Python prints it] */
type Call = readonly [what: string, before: string, expression: string, wanted: Wanted];

const raises = (name: string, python3: string): Wanted => ({ embedded: `raised ${name}`, python3 });

const DEEP = "def deep(n):\n  v = []\n  for i in range(n): v = [v]\n  return v\n";
const ASYNC = "import asyncio\nasync def f(n):\n  await asyncio.sleep(0.01)\n  return n\n";

const CALLS: readonly Call[] = [
	["asyncio.run", ASYNC, "asyncio.run(f(5))", "5"],
	[
		"asyncio.gather",
		`${ASYNC}async def g(): return await asyncio.gather(f(1), f(2))\n`,
		"asyncio.run(g())",
		"[1, 2]",
	],
	[
		"asyncio.timeout",
		`${ASYNC}async def g(): return await asyncio.wait_for(asyncio.sleep(60), 0.02)\n`,
		"asyncio.run(g())",
		"raised TimeoutError",
	],
	[
		"loop.run_until_complete",
		`${ASYNC}def g():\n  loop = asyncio.new_event_loop()\n  try: return loop.run_until_complete(f(6))\n  finally: loop.close()\n`,
		"g()",
		"6",
	],
	[
		"asyncio.open_connection",
		"import asyncio\nasync def g(): return await asyncio.open_connection('127.0.0.1', 1)\n",
		"asyncio.run(g())",
		raises("OSError", "raised ConnectionRefusedError"),
	],
	["select.select", "import select\n", "select.select([], [], [], 0.05)", "([], [], [])"],
	["select.poll", "import select\n", "select.poll().poll(20)", "[]"],
	["selectors", "import selectors\n", "selectors.DefaultSelector().select(0.02)", "[]"],
	[
		"time.sleep",
		"import time\ndef g():\n  begun = time.monotonic()\n  time.sleep(0.1)\n  return time.monotonic() - begun >= 0.1\n",
		"g()",
		"True",
	],
	[
		"socket",
		"import socket\n",
		"socket.create_connection(('127.0.0.1', 1), 1)",
		raises("gaierror", "raised ConnectionRefusedError"),
	],
	[
		"urllib.request",
		"import urllib.request\n",
		"urllib.request.urlopen('http://127.0.0.1:1/', timeout=1)",
		"raised URLError",
	],
	["urllib.parse", "from urllib.parse import urlparse\n", "urlparse('http://a:1/b').port", "1"],
	[
		"subprocess",
		"import subprocess\n",
		"subprocess.run(['true']).returncode",
		raises("OSError", "0"),
	],
	["os.kill", "import os\n", "os.kill(os.getpid(), 9)", "raised PermissionError"],
	[
		"signal.raise_signal",
		"import signal\n",
		"signal.raise_signal(signal.SIGTERM)",
		"raised PermissionError",
	],
	[
		"the time limit's signal",
		"import signal\n",
		"signal.signal(signal.SIGINT, signal.SIG_IGN)",
		"raised PermissionError",
	],
	["os._exit", "import os\n", "os._exit(0)", "raised PermissionError"],
	["os.abort", "import os\n", "os.abort()", "raised PermissionError"],
	["sys.exit", "import sys\n", "sys.exit(3)", "raised SystemExit"],
	[
		"threading.Thread",
		"import threading\ndef g():\n  t = threading.Thread(target=int)\n  t.start()\n  t.join()\n  return 1\n",
		"g()",
		raises("RuntimeError", "1"),
	],
	["threading.Event", "import threading\n", "threading.Event().wait(0.02)", "False"],
	["queue", "import queue\n", "queue.Queue().get(timeout=0.02)", "raised Empty"],
	[
		"concurrent.futures",
		"from concurrent.futures import ThreadPoolExecutor\ndef g():\n  with ThreadPoolExecutor(1) as pool: return list(pool.map(len, ['ab']))\n",
		"g()",
		raises("RuntimeError", "[2]"),
	],
	[
		"ctypes",
		"",
		"__import__('ctypes').sizeof(__import__('ctypes').c_int)",
		raises("ImportError", "4"),
	],
	[
		"webbrowser",
		"",
		"__import__('webbrowser').get('no-such-browser')",
		raises("ImportError", "raised Error"),
	],
	["input", "", "input()", "raised EOFError"],
	[
		"zoneinfo",
		"import datetime, zoneinfo\n",
		"str(datetime.datetime(2026, 7, 1, 12, tzinfo=zoneinfo.ZoneInfo('Europe/Berlin')).utcoffset())",
		"2:00:00",
	],
	[
		"zoneinfo, unknown",
		"import zoneinfo\n",
		"zoneinfo.ZoneInfo('No/Such')",
		"raised ZoneInfoNotFoundError",
	],
	[
		"dataclasses",
		"from __future__ import annotations\nfrom dataclasses import dataclass, asdict\n@dataclass\nclass P:\n  x: int\n  y: list[int] | None = None\n",
		"asdict(P(1))",
		"{'x': 1, 'y': None}",
	],
	[
		"typing.get_type_hints",
		"import typing\nclass A:\n  a: 'B'\nclass B: pass\n",
		"typing.get_type_hints(A)['a'] is B",
		"True",
	],
	[
		"pickle of own classes",
		"import pickle\nclass A: pass\n",
		"type(pickle.loads(pickle.dumps(A()))) is A",
		"True",
	],
	["sys.modules", "import sys\n", "sys.modules[__name__].run is run", "True"],
	["sys.executable", "import sys\n", "sys.executable in ('', '/usr/bin/python3')", "True"],
	["os.environ", "import os\n", "os.environ.get('_', '')", ""],
	["enum", "import enum\nclass C(enum.IntEnum):\n  ON = 1\n", "int(C.ON)", "1"],
	["decimal", "from decimal import Decimal\n", "str(Decimal('0.1') + Decimal('0.2'))", "0.3"],
	["statistics", "import statistics\n", "statistics.mean([1, 2, 3, 4])", "2.5"],
	["hashlib", "import hashlib\n", "hashlib.sha256(b'a').hexdigest()[:8]", "ca978112"],
	["gzip", "import gzip\n", "gzip.decompress(gzip.compress(b'a'))", "b'a'"],
	["xml", "import xml.etree.ElementTree as E\n", "E.fromstring('<a b=\"1\"/>').get('b')", "1"],
	[
		"sqlite3",
		"import sqlite3\ndef g():\n  db = sqlite3.connect(':memory:')\n  db.execute('create table t(a)')\n  db.execute('insert into t values (7)')\n  return db.execute('select a from t').fetchone()\n",
		"g()",
		"(7,)",
	],
	[
		"sqlite3 in a file",
		"import sqlite3, tempfile\ndef g():\n  db = sqlite3.connect(tempfile.mkdtemp() + '/a.db')\n  db.execute('create table t(a)')\n  db.commit()\n  return db.execute('select count(*) from t').fetchone()\n",
		"g()",
		// A file in memory; on the machine functions may write none.
		{ embedded: "(0,)", python3: "raised FileNotFoundError" },
	],
	[
		"tempfile",
		"import tempfile\ndef g():\n  with tempfile.TemporaryFile('w+') as file:\n    file.write('hi')\n    file.seek(0)\n    return file.read()\n",
		"g()",
		{ embedded: "hi", python3: "raised FileNotFoundError" },
	],
	["mmap", "import mmap\n", "len(mmap.mmap(-1, 100))", "100"],
	["logging", "import logging\n", "logging.getLogger().warning('seen')", "None"],
	["inspect", "import inspect\n", "inspect.getsource(run)[:7]", "def run"],
	["json.loads, deep", "import json\n", "json.loads('[' * 100_000)", "raised RecursionError"],
	[
		"json.loads, deep objects",
		"import json\n",
		"json.loads('{\"a\":' * 100_000)",
		"raised RecursionError",
	],
	[
		"json.dumps, deep",
		`import json\n${DEEP}`,
		"json.dumps(deep(100_000))",
		"raised RecursionError",
	],
	["copy, deep", `import copy\n${DEEP}`, "copy.deepcopy(deep(100_000))", "raised RecursionError"],
	["repr, deep", DEEP, "repr(deep(100_000))", "raised RecursionError"],
	["compile, deep", "", "eval('(' * 5000 + '1' + ')' * 5000)", "raised SyntaxError"],
	[
		"a chain of 200,000 objects",
		"class N: pass\ndef g():\n  n = None\n  for i in range(200_000):\n    m = N()\n    m.next = n\n    n = m\n  return 1\n",
		"g()",
		"1",
	],
	[
		"a chain of 200,000 iterators",
		"import itertools\ndef g():\n  n = iter(())\n  for i in range(200_000): n = itertools.chain(n)\n  return 1\n",
		"g()",
		"1",
	],
	[
		"a chain of 200,000 closures",
		"def link(n): return lambda: n\ndef g():\n  n = None\n  for i in range(200_000): n = link(n)\n  return 1\n",
		"g()",
		"1",
	],
	[
		"an endless recursion through C",
		"def g(x): return sorted([1, 2], key=g)\n",
		"g(1)",
		"raised RecursionError",
	],
	[
		"a package that is not there",
		"",
		"__import__('no_such_package')",
		"raised ModuleNotFoundError",
	],
];

let target: Target;
beforeAll(async () => {
	target = await startTarget({ esm: { engine: ENGINE, "call-timeout": CALL_MS } });
});
afterAll(() => target.dispose());

/** Says what an expression gives as Python prints it, or which exception it raises. */
const asked = (before: string, expression: string) =>
	`${before}def run(x):\n  try: return str(${expression})\n  except BaseException as error: return 'raised ' + type(error).__name__\n`;

/** Has an engine import modules, which may take longer than the time limit of a call: then the rest is next. */
async function importAll(flow: Flow, ...modules: string[]): Promise<void> {
	const [digest = ""] = await flow.graph.addFunctions(
		`import ${modules.join(", ")}\ndef run(x): return x\n`,
	);
	const request = { op: "set_df_func", da_id: flow.device.id, idf: "idf0", new: digest };
	const isImported = async () => (await flow.graph.call(request)).state === "ok";
	await until(isImported, `an engine that has imported ${modules.join(", ")}`);
}

describe("ordinary Python", () => {
	test("there are more than forty calls", () => {
		expect(CALLS.length).toBeGreaterThan(40);
	});

	test("each call is right or an error of its own, and the engine lives on", async () => {
		const counter = await Flow.build(target, {
			idfs: [{ code: "n = 0\ndef run(x):\n  global n\n  n += 1\n  return n\n" }],
			odfs: [{}],
		});
		const flow = await Flow.build(target, { idfs: [{}], odfs: [{}] });
		const wrong: unknown[] = [];
		let counted = 0;
		for (const [what, before, expression, wanted] of CALLS) {
			const [digest = ""] = await flow.graph.addFunctions(asked(before, expression));
			await flow.graph.ok({ op: "set_df_func", da_id: flow.device.id, idf: "idf0", new: digest });
			await flow.send([1]);
			const got: string = JSON.parse((await flow.receive()).text)[0];
			const right =
				typeof wanted === "string"
					? wanted
					: ENGINE === "python3"
						? wanted.python3
						: wanted.embedded;
			if (got !== right) wrong.push({ what, got, right });
			counted += 1;
			await counter.send([1]);
			const count: number = JSON.parse((await counter.receive()).text)[0];
			if (count !== counted) wrong.push({ what, counter: count, counted });
			counted = count;
		}
		expect(wrong).toEqual([]);
		expect(target.log()).not.toContain("function engine replaced");
	});

	test("what waits for ever meets the time limit, and costs its message only", async () => {
		const own = await startTarget({ esm: { engine: ENGINE, "call-timeout": 500 } });
		const waits = [
			["import time\n", "time.sleep(60)"],
			["import asyncio\nasync def f(): await asyncio.Event().wait()\n", "asyncio.run(f())"],
			["import select\n", "select.select([], [], [])"],
			["import select\n", "select.poll().poll()"],
			["import queue\n", "queue.Queue().get()"],
			["import threading\n", "threading.Event().wait()"],
			["import threading\nlock = threading.Lock()\nlock.acquire()\n", "lock.acquire()"],
			["import signal\n", "signal.pause()"],
			// What it makes of the time limit is another exception, and even that takes long to show.
			[
				`class Slow(Exception):
  def __str__(self):
    while True: pass
def f():
  try:
    while True: pass
  finally: raise Slow
`,
				"f()",
			],
		] as const;
		const flow = await Flow.build(own, { idfs: [{}], odfs: [{}] });
		await importAll(flow, "asyncio", "queue", "select", "signal", "threading", "time");
		const { monitor_topics } = await flow.graph.ok({ op: "start_monitor" });
		await flow.device.client.subscribe(String(monitor_topics));
		for (const [before, expression] of waits) {
			const code = `${before}def run(x): return ${expression} if x == 1 else [x]\n`;
			const [digest = ""] = await flow.graph.addFunctions(code);
			await flow.graph.ok({ op: "set_df_func", da_id: flow.device.id, idf: "idf0", new: digest });
			await flow.send([1]);
			const { data } = await flow.device.client.nextJson(String(monitor_topics));
			expect([expression, own.log()]).toEqual([
				expression,
				expect.not.stringContaining("function engine replaced"),
			]);
			expect([expression, data]).toEqual([
				expression,
				{ msg: "idf function failure:\ntime limit of 500 ms exceeded", src: code },
			]);
			await flow.expect([2], [2]);
			expect((await flow.device.client.nextJson(String(monitor_topics))).op).toBe("monitor_info");
		}
		expect(own.log()).not.toContain("function engine replaced");
		await own.dispose();
	});
});

describe("a source", () => {
	test("may begin with a byte order mark", async () => {
		const flow = await Flow.build(target, {
			idfs: [{ code: "\ufeffdef run(x): return x + 1\n" }],
			odfs: [{}],
		});
		await flow.expect([1], [2]);
	});

	test.each(["__class__", "__dict__", "__init__", "__doc__", "__eq__"])(
		"whose helper is called %s is refused",
		async (alias) => {
			const flow = await Flow.build(target, { idfs: [{}], odfs: [{}] });
			const codes = ["def run(x): return x\n", `def run(x): return iot.${alias}(x)\n`];
			const [helper = "", main = ""] = await flow.graph.addFunctions(...codes);
			const reply = await flow.graph.call({
				op: "set_join",
				new: main,
				depends: { [alias]: helper },
			});
			expect(reply.state).not.toBe("ok");
			expect(JSON.stringify(reply)).toContain("a name that Python keeps for itself");
			await flow.expect([1], [1]);
		},
	);
});

describe("a missing package", () => {
	test("is named with the ways to have it", async () => {
		const flow = await Flow.build(target, { idfs: [{}], odfs: [{}] });
		const [digest = ""] = await flow.graph.addFunctions(
			"import no_such_thing\ndef run(x): return x\n",
		);
		const reply = await flow.graph.call({ op: "set_join", new: digest });
		const ways =
			ENGINE === "python3"
				? ["/usr/bin/python3 has no package no_such_thing"]
				: ["the built-in engine has no no_such_thing", "engine = python3", "packages in [esm]"];
		for (const way of ways) expect(JSON.stringify(reply)).toContain(way);
	});
});
