import { expect, test } from "bun:test";
import { Flow, failuresOf } from "../support/flow.ts";
import { startTarget } from "../support/target.ts";

/** The function never comes to an end: its message costs the time limit, which the graph's monitor shows. */
const LATE = "time limit of 2000 ms exceeded";

/** Calls that would end the engine, or leave its time limit, and what they give instead. */
const CALLS: readonly [statements: string, wanted: string][] = [
	["os.execv('/bin/true', ['true'])", "PermissionError"],
	["os.execl('/bin/true', 'true')", "PermissionError"],
	["os.execvp('true', ['true'])", "PermissionError"],
	["os.execlpe('true', 'true', {})", "PermissionError"],
	["signal.pthread_kill(threading.get_ident(), 15)", "PermissionError"],
	["signal.pidfd_send_signal(os.pidfd_open(os.getpid()), 15)", "PermissionError"],
	["signal.alarm(1)", "PermissionError"],
	["signal.setitimer(signal.ITIMER_PROF, 0.01)", "PermissionError"],
	["signal.setitimer(signal.ITIMER_REAL, 0)", "PermissionError"],
	["signal.sigwait([signal.SIGALRM])", "PermissionError"],
	["signal.sigtimedwait([signal.SIGALRM], 1)", "PermissionError"],
	["signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\n    while True: pass", LATE],
	["signal.sigwait([signal.SIGUSR1])", LATE],
	["faulthandler.dump_traceback_later(0.01, exit=True)", "PermissionError"],
	["resource.setrlimit(resource.RLIMIT_CPU, (1, 1))", "PermissionError"],
	["resource.prlimit(0, resource.RLIMIT_CPU, (1, 1))", "PermissionError"],
	["os.closerange(3, 256)", "done"],
	["[os.close(fd) for fd in range(100, 256) if fd in channel()]", "PermissionError"],
	["[os.dup2(0, fd) for fd in channel()]", "PermissionError"],
	["[os.write(fd, b'x') for fd in channel()]", "PermissionError"],
	["os.write(3, b'x')", "OSError"],
	["resource.getrlimit(resource.RLIMIT_CPU)", "done"],
	["subprocess.run(['true'], check=True)", "done"],
];
const HEAD =
	"import faulthandler, os, resource, signal, subprocess, threading\ndef channel(): return [int(n) for n in os.listdir('/proc/self/fd') if int(n) >= 100]\n";

test("with engine = python3, ordinary calls that would end the engine are exceptions", async () => {
	const target = await startTarget({ esm: { engine: "python3", "call-timeout": 2000 } });
	const counter = await Flow.build(target, {
		idfs: [{ code: "n = 0\ndef run(x):\n  global n\n  n += 1\n  return n\n" }],
		odfs: [{}],
	});
	const flow = await Flow.build(target, { idfs: [{}], odfs: [{}] });
	const failure = await failuresOf(flow);
	let count = 0;
	for (const [statements, wanted] of CALLS) {
		const code = `${HEAD}def run(x):\n  try:\n    ${statements}\n    return 'done'\n  except Exception as error: return type(error).__name__\n`;
		const [digest = ""] = await flow.graph.addFunctions(code);
		await flow.graph.ok({ op: "set_df_func", da_id: flow.device.id, idf: "idf0", new: digest });
		await flow.send([1]);
		const got = wanted === LATE ? await failure() : JSON.parse((await flow.receive()).text)[0];
		count += 1;
		await counter.send([1]);
		const counted = (await counter.receive()).text;
		expect([statements, got, counted]).toEqual([
			statements,
			expect.stringMatching(new RegExp(`${wanted}$`)),
			`[${count}]`,
		]);
	}
	await target.dispose();
});
