// Attempts of user functions to get out of the engine. Each runs as the top level of a function and
// as a call; what it must not reach is the host's files, environment, network, processes, JavaScript,
// and what belongs to other graphs' messages.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { Flow } from "../support/flow.ts";
import { startTarget, type Target } from "../support/target.ts";

/** What a function returns that tries to write engine records of its own; it arrives as plain text. */
const FORGED = "\x1e1\x1e[666]";
const SECRET = "secret-of-the-host-5f2c";
let target: Target;
let listener: Server;
let connections = 0;
let port = 0;
beforeAll(async () => {
	process.env.IOTCTL_TEST_SECRET = SECRET;
	target = await startTarget({ esm: { "call-timeout": 1000 } });
	writeFileSync(join(target.userdir, "secret.txt"), SECRET);
	listener = createServer(() => {
		connections += 1;
	}).listen(0, "127.0.0.1");
	await new Promise((resolve) => listener.once("listening", resolve));
	const address = listener.address();
	port = typeof address === "object" && address !== null ? address.port : 0;
});
afterAll(async () => {
	listener.close();
	await target.dispose();
});

/** Expressions and statements that would leave their booty in `found`; {dir} and {port} are the host's. */
const ATTEMPTS: [string, string][] = [
	// Files
	["open a host file", "found = open('{dir}/secret.txt').read()"],
	["open by os", "import os; found = os.read(os.open('{dir}/secret.txt', os.O_RDONLY), 100)"],
	["open by io", "import io; found = io.FileIO('{dir}/secret.txt').read()"],
	["open by _io", "import _io; found = _io.open('{dir}/secret.txt').read()"],
	["open through pathlib", "import pathlib; found = pathlib.Path('{dir}/secret.txt').read_text()"],
	[
		"list the root",
		"import os; found = [name for name in os.listdir('/') if name in ('etc', 'root', 'work', 'usr')]",
	],
	["walk up", "import os; found = open('../' * 20 + '{dir}/secret.txt'.lstrip('/')).read()"],
	["/proc/self/environ", "found = open('/proc/self/environ').read()"],
	["/proc/1/cmdline", "found = open('/proc/1/cmdline').read()"],
	["/dev/mem", "found = open('/dev/mem', 'rb').read(10)"],
	[
		"symbolic link",
		"import os; os.symlink('{dir}/secret.txt', '/tmp/l'); found = open('/tmp/l').read()",
	],
	[
		"mount the host",
		"import pyodide_js; found = pyodide_js.FS.mount(pyodide_js.FS.filesystems.NODEFS, {}, '/mnt')",
	],
	["write to a host file", "open('{dir}/secret.txt', 'w').write('overwritten'); found = ''"],
	["remove a host file", "import os; os.remove('{dir}/secret.txt'); found = 'removed'"],
	["mmap a host file", "import mmap, os; found = mmap.mmap(os.open('{dir}/secret.txt', 0), 0)[:]"],
	[
		"sqlite on the host",
		"import sqlite3; found = sqlite3.connect('{dir}/iottalk.db').execute('select 1').fetchall() and open('{dir}/iottalk.db').read()",
	],
	// Environment
	["environment", "import os; found = os.environ.get('IOTCTL_TEST_SECRET')"],
	["environment by posix", "import posix; found = posix.environ.get(b'IOTCTL_TEST_SECRET')"],
	["command line", "import sys; found = [arg for arg in sys.orig_argv if 'engine' in arg]"],
	["IPC channel in the environment", "import os; found = os.environ.get('NODE_CHANNEL_FD')"],
	// Network
	["socket", "import socket; found = socket.create_connection(('127.0.0.1', {port}), 1)"],
	[
		"low-level socket",
		"import _socket; s = _socket.socket(2, 1); s.connect(('127.0.0.1', {port})); found = s",
	],
	[
		"urllib",
		"import urllib.request; found = urllib.request.urlopen('http://127.0.0.1:{port}/', timeout=1)",
	],
	[
		"http.client",
		"import http.client; c = http.client.HTTPConnection('127.0.0.1', {port}, timeout=1); c.request('GET', '/'); found = c",
	],
	["asyncio", "import asyncio; found = asyncio.run(asyncio.open_connection('127.0.0.1', {port}))"],
	[
		"name look-up",
		"import socket; found = [a for a in socket.gethostbyname_ex('localhost')[2] if a == '127.0.0.1']",
	],
	[
		"pyfetch",
		"from pyodide.http import pyfetch; import asyncio; found = asyncio.run(pyfetch('http://127.0.0.1:{port}/'))",
	],
	["open_url", "from pyodide.http import open_url; found = open_url('http://127.0.0.1:{port}/')"],
	[
		"listen",
		"import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen(); found = s.getsockname()[1] if socket.create_connection(s.getsockname(), 1) else ''",
	],
	// Processes
	["os.system", "import os; found = 'ran' if os.system('touch {dir}/ran') == 0 else ''"],
	[
		"subprocess",
		"import subprocess; found = subprocess.run(['touch', '{dir}/ran']).returncode == 0 and 'ran'",
	],
	["os.popen", "import os; found = os.popen('cat {dir}/secret.txt').read()"],
	["os.execv", "import os; os.execv('/bin/touch', ['touch', '{dir}/ran']); found = 'ran'"],
	["posix_spawn", "import os; found = os.posix_spawn('/bin/touch', ['touch', '{dir}/ran'], {})"],
	["fork", "import os; found = os.fork()"],
	["kill the parent", "import os, signal; os.kill(os.getppid(), signal.SIGKILL); found = ''"],
	["kill everything", "import os, signal; os.kill(-1, signal.SIGTERM); found = ''"],
	[
		"multiprocessing",
		"import multiprocessing; p = multiprocessing.Process(target=print); p.start(); found = p.pid",
	],
	["threads", "import _thread; found = _thread.start_new_thread(print, ())"],
	["signals to the group", "import os, signal; os.killpg(0, signal.SIGKILL); found = ''"],
	// Native code
	["ctypes", "import ctypes; found = ctypes.CDLL(None).getpid()"],
	["ctypes memory", "import ctypes; found = ctypes.string_at(0, 16) and ''"],
	["_ctypes dlopen", "import _ctypes; found = _ctypes.dlopen('libc.so.6', 2)"],
	[
		"load a module",
		"import _imp, importlib.machinery as m; found = _imp.create_dynamic(m.ModuleSpec('x', None, origin='{dir}/x.so'))",
	],
	// JavaScript
	["js.eval", "import js; found = js.eval('process.env.HOME')"],
	["js.process", "import js; found = js.process.pid"],
	["js.Bun", "from js import Bun; found = Bun.version"],
	["js.fetch", "import js; found = js.fetch('http://127.0.0.1:{port}/')"],
	["pyodide_js", "import pyodide_js; found = pyodide_js.version"],
	["run_js", "from pyodide.code import run_js; found = run_js('process.version')"],
	["_pyodide_core", "import _pyodide_core; found = _pyodide_core.run_js('1')"],
	["pyodide.ffi", "from pyodide.ffi import to_js; found = to_js({'a': 1}).constructor"],
	[
		"create_proxy",
		"from pyodide.ffi import create_proxy; p = create_proxy(print); found = p.toString()",
	],
	[
		"JavaScript import hook",
		"import sys; found = [f for f in sys.meta_path if 'Js' in type(f).__name__][0].jsproxies['js'].eval('1')",
	],
	[
		"register_js_module",
		"import _pyodide._importhook as h; h.register_js_module('m', {}); import m; found = m.constructor",
	],
	["micropip", "import micropip; found = 'ok'"],
	["load packages", "import pyodide_js; found = pyodide_js.loadPackage('numpy')"],
	// Introspection
	[
		"gc for JavaScript proxies",
		"import gc; found = [o.eval('1') for o in gc.get_objects() if 'JsProxy' in type(o).__name__ and hasattr(o, 'eval')]",
	],
	[
		"frames up to JavaScript",
		"import sys; f = sys._getframe()\nwhile f.f_back: f = f.f_back\nfound = f.f_globals.get('js') and f.f_globals['js'].process",
	],
	["subclasses", "found = [c for c in object.__subclasses__() if c.__name__ == 'Popen'] and ''"],
	[
		"builtins",
		"found = __builtins__['open']('{dir}/secret.txt').read() if isinstance(__builtins__, dict) else __builtins__.open('{dir}/secret.txt').read()",
	],
	[
		"import hook",
		"import sys, importlib.abc\nclass F(importlib.abc.MetaPathFinder):\n  def find_spec(self, *a): return None\nsys.meta_path.insert(0, F()); sys.meta_path.pop(0); found = ''",
	],
	["code object with a bad opcode", "import types; c = (lambda: 0).__code__; found = ''"],
	["audit hook", "import sys; sys.addaudithook(lambda *a: None); found = ''"],
	// The channel to the host
	[
		"write to the IPC descriptor",
		"import os; found = [os.write(fd, b'x' * 10) for fd in range(3, 10)]",
	],
	["forge a batch separator", "found = ''\nRESULT = ['\\x1e1\\x1e[666]']"],
	[
		"reassign the engine's output",
		"import sys; e = [m for m in sys.modules.values() if hasattr(m, 'continue_batch')]; found = ''",
	],
	["forge the engine's count", "import __main__ as m; m._position = 10 ** 9; found = ''"],
	["forge the engine's separator", "import __main__ as m; m.SEPARATOR = 'x'; found = ''"],
	[
		"an oversized answer",
		"import __main__ as m; m.limits['result'] = 10 ** 12; RESULT = ['x' * 3 * 10 ** 7]; found = ''",
	],
	["print control characters", "print('\\x1e1\\x1e[666]'); found = ''"],
];

describe("escape attempts", () => {
	test("there are at least sixty", () => {
		expect(ATTEMPTS.length).toBeGreaterThanOrEqual(60);
	});

	test.each(ATTEMPTS)("%s", async (_name, attempt) => {
		const statements = attempt
			.replaceAll("{dir}", target.userdir)
			.replaceAll("{port}", String(port));
		const body = statements
			.split("\n")
			.map((line) => `    ${line}`)
			.join("\n");
		const code = `def attempt():\n  RESULT = None\n  try:\n${body}\n    return RESULT or ([repr(found)] if found else ['nothing'])\n  except Exception as error:\n    return ['refused ' + type(error).__name__]\ndef run(x): return attempt() if x == 1 else [x]\n`;
		const flow = await Flow.build(target, { idfs: [{ code }], odfs: [{ param_no: 1 }] });
		await flow.send([1]);
		await flow.send([2]);
		const answers: string[] = [];
		for (;;) {
			const { text } = await flow.receive();
			if (text === "[2]") break;
			answers.push(text);
		}
		// Either the attempt said that it was refused, or it cost the engine and said nothing at all.
		for (const answer of answers) {
			const said: string = JSON.parse(answer)[0];
			expect(said === FORGED || /^(nothing|refused \w+)$/.test(said) ? "" : said).toBe("");
		}
		await flow.graph.ok({ op: "detach" });
		expect(connections).toBe(0);
		expect(readdirSync(target.userdir)).not.toContain("ran");
		expect(readFileSync(join(target.userdir, "secret.txt"), "utf8")).toBe(SECRET);
	});

	test("the engine holds no descriptor but its channel, nothing of the server's environment, a filter, a group of its own", async () => {
		// A server of its own: of the engines the attempts cost, the log has counted most.
		const fresh = await startTarget();
		await Flow.build(fresh, { idfs: [{ code: "def run(x): return x\n" }], odfs: [{}] });
		const ready = [...fresh.log().matchAll(/"engine":(\d+),"syscall_filter":(\w+)/g)].at(-1);
		const pid = Number(ready?.[1]);
		expect(ready?.[2]).toBe("true");
		const read = (file: string) => readFileSync(`/proc/${pid}/${file}`, "utf8");
		const names = read("environ")
			.split("\0")
			.filter((entry) => entry !== "")
			.map((entry) => entry.split("=")[0]);
		// How large a stack its JavaScript engine may use, and the local time zone where one is set.
		expect(names.filter((name) => name !== "TZ")).toEqual(["BUN_JSC_maxPerThreadStackUsage"]);
		expect(read("status")).toMatch(/NoNewPrivs:\s+1/);
		expect(read("status")).toMatch(/Seccomp:\s+2/);
		expect(read("limits")).toMatch(/Max core file size\s+0\s+0/);
		expect(read("limits")).toMatch(/Max cpu time\s+\d+\s/);
		expect(read("limits")).toMatch(/Max address space\s+\d+\s+\d+/);
		expect(Number(read("stat").split(" ")[4])).toBe(pid);
		await fresh.dispose();
	});
});
