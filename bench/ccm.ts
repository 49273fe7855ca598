// bun bench/ccm.ts [projects] [--binary FILE] [--in-process]: how fast projects become graphs. Everything is asked for
// over REST v0; what reaches CSM is heard on the broker, as anyone with the right to may.
import { loadavg } from "node:os";
import { COUNTS, readArguments } from "../scripts/program-arguments.ts";
import { BINARY } from "../test/support/target.ts";
import { Catalog, input, output, register } from "./ccm-catalog.ts";
import { type CcmSubject, compiled, inProcess, type Json } from "./ccm-subjects.ts";
import { Wire } from "./ccm-wire.ts";

const { values, positionals } = readArguments(
	{
		usage: "bun bench/ccm.ts [PROJECTS] [--binary FILE] [--in-process]",
		about: "Measures how fast projects become graphs: 1000 of them, unless told.",
		words: { ...COUNTS, most: 1 },
	},
	{
		binary: { type: "string", default: BINARY },
		"in-process": { type: "boolean", default: false },
	},
);
const PROJECTS = Number(positionals[0] ?? 1000);
const PHONES = 40;
const CHANGES = 100;
const LISTS = 50;
/** Features of a project's inputs; with an output they are ten links. */
const BUTTONS = Array.from({ length: 9 }, (_, n) => `Button-I${n + 1}`);

function percentile(sorted: readonly number[], share: number): number {
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
	const begun = performance.now();
	await work();
	return performance.now() - begun;
}

function say(text: string): void {
	console.log(`${text} (load ${loadavg()[0]?.toFixed(1)})`);
}

/** Forty devices, each joined with a lamp. */
async function measureClass(subject: CcmSubject, wire: Wire): Promise<void> {
	const catalog = new Catalog(subject);
	const pId = await catalog.project("class");
	const lamp = await register(subject, "Lamp", output("Luminance-O"));
	await catalog.block(pId, "Lamp", ["Luminance-O"], lamp);
	for (let n = 0; n < PHONES; n++) {
		const mac = await register(subject, "RandNum", input("RnFloat-I"));
		await catalog.block(pId, "RandNum", ["RnFloat-I"], mac);
	}
	const code = (factor: number) => `def run(x):\n    return x * ${factor}\n`;
	const fn = async (n: number) =>
		Number((await subject.ask("PUT", "/function", { fn_name: `times${n}`, code: code(n) })).fn_id);
	const functions = [await fn(2), await fn(3)];
	const { inputs, outputs } = await catalog.ports(pId);
	const joins: string[] = [];
	for (const [n, dfo] of inputs.entries()) {
		const made = { na_name: `Join ${n}`, na_idx: n, dfo_ids: [dfo, outputs.at(-1)] };
		const { na_id } = await subject.ask("PUT", `/project/${pId}/na`, made);
		joins.push(`/project/${pId}/na/${na_id}`);
		await subject.ask("POST", joins.at(-1) ?? "", change(dfo, functions[0]));
	}
	await wire.quiet(subject);
	const turn = async (status: "on" | "off") => {
		await wire.quiet(subject);
		wire.take();
		const begun = performance.now();
		await subject.ask("POST", `/project/${pId}`, { status });
		const ms = (await wire.quiet(subject)) - begun;
		return `${wire.take().operations} operations in ${Math.round(ms)} ms`;
	};
	say(
		`${PHONES} devices and a lamp, project on, with the start of the engine: ${await turn("on")}`,
	);
	say(`project off: ${await turn("off")}; on again: ${await turn("on")}`);
	for (const [n, path] of joins.entries())
		await subject.ask("POST", path, { na_name: `Again ${n}` });
	await wire.quiet(subject);
	say(`second pass: ${wire.take().operations} operations`);
	const effects: number[] = [];
	for (let n = 0; n < CHANGES; n++) {
		const place = n % PHONES;
		const next = functions[(Math.floor(n / PHONES) + 1) % 2];
		const done = wire.done("set_df_func");
		effects.push(
			await timed(async () => {
				await subject.ask("POST", joins[place] ?? "", change(inputs[place], next));
				await done;
			}),
		);
	}
	effects.sort((a, b) => a - b);
	const [p50, p95] = [percentile(effects, 0.5), percentile(effects, 0.95)].map((ms) =>
		ms.toFixed(1),
	);
	say(`change to its effect in CSM: p50 ${p50} ms, p95 ${p95} ms`);
	await wire.quiet(subject);
	await turn("off");
}

function change(dfo_id: number | undefined, fn_id: number | undefined): Json {
	return { dfm_list: [{ dfo_id, dfmp_list: [{ param_i: 0, fn_id }] }] };
}

/** Many projects with ten links each. */
async function measureMany(subject: CcmSubject, wire: Wire): Promise<void> {
	const catalog = new Catalog(subject);
	const remote = await register(subject, "Remote_control", input(...BUTTONS));
	const fan = await register(subject, "Fan", output("Controller-O"));
	const before = subject.memory();
	const made = await timed(async () => {
		for (let n = 0; n < PROJECTS; n++) {
			const pId = await catalog.project(`project ${n}`);
			await catalog.block(pId, "Remote_control", BUTTONS, remote);
			await catalog.block(pId, "Fan", ["Controller-O"], fan);
			const { inputs, outputs } = await catalog.ports(pId);
			const join = { na_name: "Join", na_idx: 0, dfo_ids: [...inputs, ...outputs] };
			await subject.ask("PUT", `/project/${pId}/na`, join);
			await subject.ask("POST", `/project/${pId}`, { status: "on" });
		}
		await wire.quiet(subject);
	});
	say(
		`${PROJECTS} projects with ten links made by REST and confirmed: ${(made / 1000).toFixed(1)} s, ${wire.take().operations} operations`,
	);
	const lists: number[] = [];
	for (let n = 0; n < LISTS; n++) lists.push(await timed(() => subject.ask("GET", "/project")));
	lists.sort((a, b) => a - b);
	say(
		`list of them: p50 ${percentile(lists, 0.5).toFixed(1)} ms, p95 ${percentile(lists, 0.95).toFixed(1)} ms`,
	);
	say(`start to all links confirmed: ${(await subject.restart()).toFixed(1)} s`);
	const after = Object.entries(subject.memory()).map(
		([name, mib]) => `${name} ${Math.round(mib)} MiB (${Math.round(before[name] ?? 0)} before)`,
	);
	say(`memory: ${after.join(", ")}`);
}

const subject = await (values["in-process"] ? inProcess : compiled)(values.binary);
try {
	const wire = await Wire.tap(subject.mqtt);
	await measureClass(subject, wire);
	await measureMany(subject, wire);
	await wire.client.end();
} finally {
	await subject.stop();
}
