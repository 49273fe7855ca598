// A server whose graphs and devices were stored before its start, and its processes.
import { Database } from "bun:sqlite";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { digestOf } from "../test/support/gateway.ts";
import { freePort } from "../test/support/ports.ts";
import { BINARY, type IniChanges } from "../test/support/target.ts";
import { until } from "../test/support/waiting.ts";
import type { Pair } from "./load-traffic.ts";
import { SEED } from "./servers.ts";

const GIVE_UP_MS = 600_000;

/** What is stored. */
export interface Contents {
	/** Graphs of two sources (a function of its IDF, a join), which they share. */
	readonly graphs?: number;
	readonly devices?: number;
}

export interface StoredDevice {
	readonly id: string;
	readonly rev: string;
}

export interface StoredServer {
	readonly pid: number;
	readonly http: number;
	readonly mqtt: number;
	readonly devices: readonly StoredDevice[];
	/** When its process was started, as `performance.now()` says. */
	readonly begun: number;
	/** Topics of each graph's input and output. */
	readonly pairs: readonly Pair[];
	/** Process ids of its engines. */
	engines(): number[];
	stop(): Promise<void>;
}

/**
 * Stores it and starts `csm` alone; resolves when HTTP answers.
 * @param more Keys of the ini.
 */
export async function startStored(
	contents: Contents,
	more: IniChanges = {},
	binary = BINARY,
): Promise<StoredServer> {
	const folder = mkdtempSync(join(tmpdir(), "iotctl-stored-"));
	const ini = join(folder, "bench.ini");
	const [http, mqtt, ws] = [await freePort(), await freePort(), await freePort()];
	writeFileSync(ini, iniText(folder, { http, mqtt, ws }, more));
	const devices = Array.from({ length: contents.devices ?? 0 }, () => ({
		id: crypto.randomUUID(),
		rev: crypto.randomUUID(),
	}));
	writeFileSync(join(folder, "snapshot.json"), snapshotOf(contents.graphs ?? 0, devices));
	await run(binary, "-c", ini, "import", join(folder, "snapshot.json"));
	const pairs = pairsIn(join(folder, "iottalk.db"));
	const begun = performance.now();
	const server = Bun.spawn([binary, "-c", ini, "start", "csm"], {
		stdin: "ignore",
		stdout: "ignore",
		stderr: "ignore",
	});
	const answersHttp = () =>
		fetch(`http://127.0.0.1:${http}/health`).then(
			() => true,
			() => false,
		);
	await until(answersHttp, "HTTP", { ms: GIVE_UP_MS });
	return {
		...{ pid: server.pid, http, mqtt, devices, begun, pairs },
		engines: () => childrenOf(server.pid),
		stop: async () => {
			server.kill("SIGTERM");
			await server.exited;
			rmSync(folder, { recursive: true });
		},
	};
}

function iniText(
	folder: string,
	ports: { readonly http: number; readonly mqtt: number; readonly ws: number },
	more: IniChanges,
): string {
	const keys: IniChanges = {
		...more,
		core: { userdir: folder, bind: "127.0.0.1", "http-port": ports.http, ...more.core },
		"core-mqtt": { port: ports.mqtt, ...more["core-mqtt"] },
		"core-ws": { port: ports.ws },
		esm: { "max-graphs": 1_000_000, ...more.esm },
	};
	return Object.entries(keys)
		.map(([section, values]) => {
			const lines = Object.entries(values).map(([key, value]) => `${key} = ${value}\n`);
			return `[${section}]\n${lines.join("")}`;
		})
		.join("");
}

/** A snapshot as `iotctl import` takes it. */
function snapshotOf(graphs: number, devices: readonly StoredDevice[]): string {
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
		devices: devices.map((device, n) => ({
			...device,
			name: `${n}.bench`,
			accept_protos: ["mqtt"],
			idf_list: [["in", ["number"]]],
			odf_list: [["out", ["number"]]],
			profile: { model: "bench" },
			register_time: 1,
		})),
		functions: [SEED.idf, SEED.join].map((code) => ({
			digest: digestOf(code),
			listed: true,
			code,
		})),
		graphs: Array.from({ length: graphs }, (_, n) => {
			const daId = crypto.randomUUID();
			const links = [linkOf(daId, "idf"), linkOf(daId, "odf")];
			return { client: "bench", graph: `g${n}`, join: use(square), links };
		}),
	});
}

async function run(...command: string[]): Promise<void> {
	const child = Bun.spawn(command, { stdout: "ignore", stderr: "inherit" });
	if ((await child.exited) !== 0) throw new Error(`${command.join(" ")} failed`);
}

function pairsIn(path: string): Pair[] {
	const db = new Database(path, { readonly: true });
	const rows = db
		.query<Pair, []>(
			`SELECT i.topic AS "to", o.topic AS "from"
			FROM links JOIN topics i ON i.da_id = links.da_id AND i.feature = links.feature AND i.mode = 'idf'
			JOIN topics o ON o.da_id = links.da_id AND o.feature = links.feature AND o.mode = 'odf'
			WHERE links.mode = 'idf' ORDER BY CAST(SUBSTR(links.graph, 2) AS INTEGER)`,
		)
		.all();
	db.close();
	return rows;
}

function childrenOf(pid: number): number[] {
	const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
	return text === "" ? [] : text.split(" ").map(Number);
}
