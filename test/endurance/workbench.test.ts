// Drafts that are stuck, crash or are huge, one after the other, while a graph runs in the other engine: it loses no
// message and keeps its engine. IOTCTL_DRAFTS sets how many (npm run test:workbench: 100).
import { afterAll, expect, test } from "bun:test";
import { FunctionHost } from "../../src/dataflow/python/function-host.ts";
import { launcher } from "../../src/dataflow/python/launcher.ts";
import type { DraftReport } from "../../src/dataflow/workbench/draft.ts";
import { systemClock } from "../../src/kit/clock.ts";
import { realWorkbench, WORKBENCH_OPTIONS } from "../dataflow/workbench/real-workbench.ts";
import { quietLog } from "../support/log.ts";
import { ENDURANCE_MS, LONG_DEADLINE_MS, until, within } from "../support/waiting.ts";

const PLAIN = { qos: 0 } as const;

const DRAFTS = Number(process.env.IOTCTL_DRAFTS ?? 12);
const EVERY_MS = 5;
const MAX_SOURCE_BYTES = 1 << 21;

const run = (statement: string, top = "") => `${top}\ndef run(x):\n  ${statement}\n  return x\n`;
const KINDS: readonly [name: string, code: string][] = [
	["an endless loop", run("while True: pass")],
	["a loop in C", run("sum(range(10 ** 12))")],
	[
		"a loop that swallows interrupts",
		run("while True:\n    try:\n      while True: pass\n    except BaseException: pass"),
	],
	["an endless top level", "while True: pass"],
	["printing for ever", run("while True: print('again' * 100)")],
	["a memory bomb", run("y = []\n  while True: y.append(bytearray(10 ** 6))")],
	["a recursion bomb", run("return run(x)")],
	["an exit of the process", run("os._exit(0)", "import os")],
	["a crash", run("sys._getframe().f_back.f_globals.clear()", "import sys")],
	["a megabyte of source", `${"x = [1, 2, 3]\n".repeat(75_000)}def run(x): return x`],
	["a huge result", run("return 'a' * 10 ** 7")],
	["a syntax error", "def run(x: return"],
];

let received: number[] = [];
const errors: string[] = [];
const OPTIONS = {
	...{ ...WORKBENCH_OPTIONS, callTimeoutMs: 60_000, batchTimeoutMs: 60_000 },
	...{ maxResultBytes: 10_000, maxPrintChars: 100, busyPoll: true, queuePerLink: 100_000 },
};
const host = new FunctionHost(
	OPTIONS,
	{
		onOutput: (_link, json) => void received.push(...(JSON.parse(json) as number[])),
		onMonitor: () => {},
		onRecordReady: () => {},
		onPrint: () => {},
		onError: ({ reason }) => void errors.push(reason),
		onReset: (reason) => void errors.push(reason),
		onAwaited: () => {},
	},
	quietLog,
	{ launch: launcher(OPTIONS, quietLog), clock: systemClock },
);
const workbench = realWorkbench({ maxSourceBytes: MAX_SOURCE_BYTES });
afterAll(() => Promise.all([host.stop(), workbench.stop()]));

async function tried(code: string): Promise<DraftReport> {
	const draft = { code, helpers: [], stage: "odf", samples: [1] } as const;
	const report = await within(workbench.try("ann", draft), "a draft", LONG_DEADLINE_MS);
	if ("refused" in report) throw new Error(report.reason);
	return report;
}

test(
	`${DRAFTS} bad drafts cost a running graph nothing, and each is followed by one that works`,
	async () => {
		const { handle, ready } = host.prepare({
			digest: "d",
			code: "def run(x): return x",
			helpers: [],
		});
		await ready;
		const link = { param_no: null, tag_param_no: 0 };
		host.declare({
			graph: 1,
			join: null,
			records: "none",
			idfs: [{ ...link, id: 1, name: ["d", "i"], func: handle, input_type: null, slot: null }],
			odfs: [{ ...link, id: 2, name: ["d", "o"], func: null }],
		});
		await tried("def run(x): return x");
		const { pid } = host.stats;
		let sent = 0;
		const sender = setInterval(() => host.push(1, String(sent++), PLAIN), EVERY_MS);
		const slowest = new Map<string, number>();
		for (let n = 0; n < DRAFTS; n++) {
			const [name, code] = KINDS[n % KINDS.length] ?? ["", ""];
			await until(() => workbench.stats.state !== "starting", "an engine that is ready");
			const begun = performance.now();
			const { samples } = await tried(code);
			slowest.set(name, Math.max(slowest.get(name) ?? 0, Math.round(performance.now() - begun)));
			if (name !== "a megabyte of source")
				expect([name, samples[0]?.error]).not.toEqual([name, null]);
			const { samples: good } = await tried("def run(x): return x + 1");
			expect([name, good[0]?.error, good[0]?.result]).toEqual([name, null, 2]);
		}
		clearInterval(sender);
		await until(() => received.length >= sent, "all messages of the running graph");
		expect(received).toEqual(Array.from({ length: sent }, (_, index) => index));
		expect([errors, host.stats.pid, host.stats.restarts]).toEqual([[], pid, 0]);
		console.log(`${sent} messages; slowest of each kind, ms:`, Object.fromEntries(slowest));
		received = [];
	},
	ENDURANCE_MS,
);
