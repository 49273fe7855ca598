// What is measured: our server, mosquitto, Node-RED, each started fresh and looked at from outside.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testCertificate } from "../test/support/certificates.ts";
import { TestDevice, TestGraph } from "../test/support/gateway.ts";
import { Mosquitto } from "../test/support/mosquitto.ts";
import { TestClient } from "../test/support/mqtt.ts";
import { type IniChanges, startBinary, type Target } from "../test/support/target.ts";
import type { LoadResult } from "./load.ts";
import type { LoadSettings, Pair } from "./load-traffic.ts";

/** Something that takes messages on `port`. */
export interface Subject {
	readonly name: string;
	readonly port: number;
	/** Its port is encrypted. */
	readonly tls?: boolean;
	readonly pairs: readonly Pair[];
	/** Its processes by name. */
	pids(): Readonly<Record<string, number>>;
	stop(): Promise<void>;
}

/** The seed's graph: IDF function and join, in Python (`csm.md §13`). */
export const SEED = {
	idf: "def run(x): return int(x)\n",
	join: "def run(x): return x ** 2\n",
};
export type Functions = { readonly idf: string | null; readonly join: string | null };
export const NO_FUNCTIONS: Functions = { idf: null, join: null };

/** mosquitto as its distribution ships it, without delays and limits; one hop, no computing. */
export async function mosquittoRaw(topics = 1): Promise<Subject> {
	const folder = mkdtempSync(join(tmpdir(), "iotctl-bench-"));
	const mosquitto = await Mosquitto.start(folder, TUNED);
	return {
		name: "mosquitto, raw",
		port: mosquitto.port,
		pairs: rawPairs(topics),
		pids: () => ({ mosquitto: mosquitto.pid }),
		stop: async () => {
			await mosquitto.stop();
			rmSync(folder, { recursive: true });
		},
	};
}

function rawPairs(count: number): Pair[] {
	return Array.from({ length: count }, (_, n) => ({ to: `bench/raw${n}`, from: `bench/raw${n}` }));
}

export const TUNED = "max_inflight_messages 0\nmax_queued_messages 0\n";

/** Our server, with its graphs. */
export interface Ours extends Subject {
	readonly target: Target;
	/** How long one client took to draw all graphs, from its device's `online`. */
	readonly drawnMs: number;
}

/** Our server with so many graphs; on mosquitto when asked to, and watched. */
export async function iotctl(
	name: string,
	functions: Functions | "raw",
	graphs = 1,
	onMosquitto = false,
	ini: IniChanges = {},
	watchMs?: number,
): Promise<Ours> {
	const folder = mkdtempSync(join(tmpdir(), "iotctl-bench-"));
	const mosquitto = onMosquitto ? await Mosquitto.start(folder, TUNED) : undefined;
	const target = await startBinary({
		log: { level: "info", format: "json" },
		...mosquitto?.ini,
		"core-mqtt": { ...mosquitto?.ini["core-mqtt"], ...ini["core-mqtt"] },
		tls: ini.tls ?? {},
		esm: ini.esm ?? {},
	});
	const { pairs, watcher, drawnMs } =
		functions === "raw"
			? { pairs: rawPairs(graphs), drawnMs: 0 }
			: await drawGraphs(target, functions, graphs, watchMs);
	return {
		name,
		target,
		port: Number(new URL(target.mqtt).port),
		tls: target.mqtt.startsWith("mqtts"),
		pairs,
		drawnMs,
		pids: () => {
			const engine = /"engine":(\d+).*engine ready/.exec(target.log())?.[1];
			return {
				server: target.process?.pid ?? 0,
				...(engine !== undefined && { engine: Number(engine) }),
				...(mosquitto !== undefined && { mosquitto: mosquitto.pid }),
			};
		},
		stop: async () => {
			await watcher?.end();
			await target.dispose();
			await mosquitto?.stop();
			rmSync(folder, { recursive: true });
		},
	};
}

/** The same with a certificate of its own. */
export async function iotctlEncrypted(): Promise<Subject> {
	const made = await testCertificate();
	const files = { cert: made.certPath, key: made.keyPath };
	const subject = await iotctl("iotctl, raw, encrypted", "raw", 1, false, { tls: files });
	return {
		...subject,
		stop: async () => {
			await subject.stop();
			made.remove();
		},
	};
}

/** @param watchMs With it a client watches every graph, at that interval (`csm.md §4.9`). */
async function drawGraphs(
	target: Target,
	functions: Functions,
	count: number,
	watchMs?: number,
): Promise<{ pairs: Pair[]; watcher?: TestClient; drawnMs: number }> {
	const watcher = watchMs === undefined ? undefined : await TestClient.connect(target.mqtt);
	watcher?.raw.on("message", () => watcher.inbox.clear());
	const device = await TestDevice.register(target);
	await device.say("online");
	const begun = performance.now();
	const pairs: Pair[] = [];
	for (let n = 0; n < count; n++) {
		const graph = await TestGraph.open(device.client, "bench", String(n));
		await graph.ok({ op: "attach" });
		const add = async (code: string | null) =>
			code === null ? null : ((await graph.addFunctions(code))[0] ?? null);
		const idf = { op: "add_link", da_id: device.id, idf: `in${n}`, func: await add(functions.idf) };
		await graph.ok(idf);
		const to = String((await device.signal()).topic);
		await graph.ok({ op: "add_link", da_id: device.id, odf: `out${n}`, func: null });
		const from = String((await device.signal()).topic);
		if (functions.join !== null) await graph.ok({ op: "set_join", new: await add(functions.join) });
		if (watcher !== undefined) {
			const started = await graph.ok({ op: "start_monitor", interval_ms: watchMs });
			await watcher.subscribe(String(started.monitor_topics));
		}
		pairs.push({ to, from });
	}
	const drawnMs = performance.now() - begun;
	await device.client.end();
	return { pairs, drawnMs, ...(watcher !== undefined && { watcher }) };
}

/** Processor seconds of a process so far. */
export function cpuSeconds(pid: number): number {
	const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
	// The name in parentheses may contain anything.
	const fields = stat.slice(stat.lastIndexOf(") ") + 2).split(" ");
	return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Resident memory of a process, MiB. */
export function residentMiB(pid: number): number {
	const status = readFileSync(`/proc/${pid}/status`, "utf8");
	return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024;
}

/** Memory of a process that is in no file, MiB: unlike resident memory, it does not depend on what the system has cached. */
export function anonymousMiB(pid: number): number {
	const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
	return Number(/^Anonymous:\s+(\d+)/m.exec(rollup)?.[1]) / 1024;
}

/** Proportional memory of a process, MiB. */
export function memoryMiB(pid: number): number {
	const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
	return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) / 1024;
}

export interface Measured extends LoadResult {
	/** Processor seconds for 100,000 messages, by process. */
	readonly cpuOf: Readonly<Record<string, number>>;
	/** MiB after the run, by process. */
	readonly memoryOf: Readonly<Record<string, number>>;
}

/** Runs the load generator against a subject. */
export async function measure(
	subject: Subject,
	settings: Omit<LoadSettings, "port" | "pairs">,
): Promise<Measured> {
	const pids = Object.entries(subject.pids());
	const before = pids.map(([, pid]) => cpuSeconds(pid));
	const all = { ...settings, port: subject.port, tls: subject.tls, pairs: subject.pairs };
	const program = join(import.meta.dir, "load.ts");
	const child = Bun.spawn([process.execPath, program, JSON.stringify(all)], {
		stdout: "pipe",
		stderr: "inherit",
	});
	const result: LoadResult = JSON.parse(await new Response(child.stdout).text());
	const share = (settings.seconds + settings.warmupSeconds) / settings.seconds;
	const per = 100_000 / Math.max(1, result.perSecond * settings.seconds * share);
	const cpuOf = pids.map(([name, pid], n) => [name, (cpuSeconds(pid) - (before[n] ?? 0)) * per]);
	const memoryOf = pids.map(([name, pid]) => [name, memoryMiB(pid)]);
	return {
		...result,
		cpuOf: Object.fromEntries([...cpuOf, ["load", result.cpu * per]]),
		memoryOf: Object.fromEntries(memoryOf),
	};
}

/** Writes text where results are kept. */
export function save(name: string, text: string): void {
	writeFileSync(join(import.meta.dir, name), text);
}
