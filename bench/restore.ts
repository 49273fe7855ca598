// bun bench/restore.ts [graphs …] [--binary FILE]: how soon stored graphs answer again after a start.
// Each graph has two sources (a function of its IDF, a join), shared by all; the last one drawn is asked.
import { Database } from "bun:sqlite";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { COUNTS as INTEGERS, readArguments } from "../scripts/program-arguments.ts";
import { digestOf } from "../test/support/gateway.ts";
import { freePort } from "../test/support/mosquitto.ts";
import { TestClient } from "../test/support/mqtt.ts";
import { BINARY } from "../test/support/target.ts";
import { until } from "../test/support/waiting.ts";
import { cpuSeconds, residentMiB, SEED } from "./servers.ts";

const { values, positionals } = readArguments(
	{
		usage: "bun bench/restore.ts [GRAPHS…] [--binary FILE]",
		about:
			"Measures how soon stored graphs answer again after a start: 5000 and 10000 of them, unless told.",
		words: INTEGERS,
	},
	{ binary: { type: "string", default: BINARY } },
);
const COUNTS = positionals.length === 0 ? [5000, 10_000] : positionals.map(Number);
const GIVE_UP_MS = 120_000;

/** What a start with so many graphs took, seconds from the start of the process. */
interface Restored {
	readonly http: number;
	readonly answer: number;
	readonly serverCpu: number;
	readonly engineCpu: number;
	readonly serverMiB: number;
}

/** A snapshot as `iotctl import` takes it. */
function snapshotOf(graphs: number): string {
	const [idf, square] = [SEED.idf, SEED.join].map(digestOf);
	const use = (digest: string | null | undefined) => ({ digest, depends: {} });
	const linkOf = (daId: string, mode: "idf" | "odf") => ({
		da_id: daId,
		mode,
		feature: "f",
		func: use(mode === "idf" ? idf : null),
		input_type: null,
		param_no: null,
		tag_param_no: 0,
	});
	return JSON.stringify({
		format: "iotctl export",
		version: 1,
		devices: [],
		functions: [SEED.idf, SEED.join].map((code) => ({
			digest: digestOf(code),
			listed: true,
			code,
		})),
		graphs: Array.from({ length: graphs }, (_, n) => {
			const daId = crypto.randomUUID();
			return {
				client: "bench",
				graph: `g${n}`,
				join: use(square),
				links: [linkOf(daId, "idf"), linkOf(daId, "odf")],
			};
		}),
	});
}

async function run(...args: string[]): Promise<void> {
	const child = Bun.spawn([values.binary, ...args], { stdout: "ignore", stderr: "inherit" });
	if ((await child.exited) !== 0) throw new Error(`iotctl ${args.join(" ")} failed`);
}

function topicsOf(path: string, graph: string): { idf: string; odf: string } {
	const db = new Database(path, { readonly: true });
	const rows = db
		.query<{ mode: "idf" | "odf"; topic: string }, [string]>(
			"SELECT mode, topic FROM links JOIN topics USING (da_id, mode, feature) WHERE graph = ?",
		)
		.all(graph);
	db.close();
	const topic = (mode: string) => rows.find((row) => row.mode === mode)?.topic ?? "";
	return { idf: topic("idf"), odf: topic("odf") };
}

function childrenOf(pid: number): number[] {
	const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
	return text === "" ? [] : text.split(" ").map(Number);
}

async function restore(graphs: number): Promise<Restored> {
	const folder = mkdtempSync(join(tmpdir(), "iotctl-restore-"));
	const ini = join(folder, "bench.ini");
	const [http, mqtt, ws] = [await freePort(), await freePort(), await freePort()];
	writeFileSync(
		ini,
		`[core]\nuserdir = ${folder}\nbind = 127.0.0.1\nhttp-port = ${http}\n[core-mqtt]\nport = ${mqtt}\n[core-ws]\nport = ${ws}\n[esm]\nmax-graphs = 1000000\n`,
	);
	writeFileSync(join(folder, "snapshot.json"), snapshotOf(graphs));
	await run("-c", ini, "import", join(folder, "snapshot.json"));
	const { idf, odf } = topicsOf(join(folder, "iottalk.db"), `g${graphs - 1}`);
	const begun = performance.now();
	const seconds = () => (performance.now() - begun) / 1000;
	const server = Bun.spawn([values.binary, "-c", ini, "start", "csm"], {
		stdout: "ignore",
		stderr: "ignore",
	});
	try {
		const answersHttp = () =>
			fetch(`http://127.0.0.1:${http}/health`).then(
				() => true,
				() => false,
			);
		await until(answersHttp, "HTTP", { ms: GIVE_UP_MS });
		const httpSeconds = seconds();
		const client = await TestClient.connect(`mqtt://127.0.0.1:${mqtt}`);
		let answered = false;
		client.raw.on("message", () => {
			answered = true;
		});
		await client.subscribe(odf);
		const asks = () => {
			if (!answered) client.raw.publish(idf, "3");
			return answered;
		};
		await until(asks, "the last graph's answer", { ms: GIVE_UP_MS });
		const answer = seconds();
		await client.end();
		const engines = childrenOf(server.pid);
		return {
			http: httpSeconds,
			answer,
			serverCpu: cpuSeconds(server.pid),
			engineCpu: engines.map(cpuSeconds).reduce((sum, cpu) => sum + cpu, 0),
			serverMiB: residentMiB(server.pid),
		};
	} finally {
		server.kill("SIGTERM");
		await server.exited;
		rmSync(folder, { recursive: true });
	}
}

for (const graphs of COUNTS) {
	const { http, answer, serverCpu, engineCpu, serverMiB } = await restore(graphs);
	console.log(
		`${graphs} graphs: HTTP after ${http.toFixed(2)} s, the last graph answers after ${answer.toFixed(2)} s; CPU: server ${serverCpu.toFixed(1)} s, engine ${engineCpu.toFixed(1)} s; server ${Math.round(serverMiB)} MiB`,
	);
}
