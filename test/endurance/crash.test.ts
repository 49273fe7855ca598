// kill -9 at random moments under load: what was answered is there, nothing is half there, data flows again.
// IOTCTL_KILLS sets how often (npm run test:crash: 300).
import { expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { body, call, digestOf, TestGraph } from "../support/gateway.ts";
import { TestClient } from "../support/mqtt.ts";
import { afterKill, TESTS_POSTGRES } from "../support/own-database.ts";
import { inDatabase, startBinary, type Target } from "../support/target.ts";
import { ENDURANCE_MS, LONG_DEADLINE_MS, until, within } from "../support/waiting.ts";
import { Ledger } from "./ledger.ts";

const KILLS = Number(process.env.IOTCTL_KILLS ?? 8);
const HTTP_WORKERS = 8;
const DEVICES_PER_WORKER = 5;
const GRAPH_WORKERS = 3;
/** At least so many changes are answered before each kill, else it would prove nothing. */
const ANSWERS_PER_KILL = 2;
const FEATURES = ["a", "b", "c", "d"];
const CODES = [1, 2, 3].map((n) => `def run(*x): return ${n}\n`);
const DATA_DEVICE = randomUUID();

/** A device: its counter in the profile, null when it is not registered. */
type DeviceState = { count: number; rev: string } | null;
interface GraphState {
	readonly links: readonly string[];
	readonly join: string | null;
}

const pick = <T>(items: readonly T[]): T => items[Math.floor(Math.random() * items.length)] as T;

class Load {
	readonly devices = new Map<string, Ledger<DeviceState>>();
	readonly graphs = new Map<string, Ledger<GraphState>>();
	answered = 0;
	messages = 0;
	#over = false;
	#work: Promise<void>[] = [];

	constructor() {
		for (let n = 0; n < HTTP_WORKERS * DEVICES_PER_WORKER; n++) {
			this.devices.set(randomUUID(), new Ledger<DeviceState>(null));
		}
		for (let n = 0; n < GRAPH_WORKERS; n++) {
			this.graphs.set(`g${n}`, new Ledger<GraphState>({ links: [], join: null }));
		}
	}

	start(target: Target): void {
		this.#over = false;
		const ids = [...this.devices.keys()];
		const httpWorkers = Array.from({ length: HTTP_WORKERS }, (_, n) => {
			const own = ids.slice(n * DEVICES_PER_WORKER, (n + 1) * DEVICES_PER_WORKER);
			return this.#untilOver(() => this.#register(target, pick(own)));
		});
		const graphWorkers = [...this.graphs].map(async ([name, ledger]) => {
			const client = await TestClient.connect(target.mqtt, { reconnectPeriod: 0 }).catch(
				() => null,
			);
			if (client === null) return;
			const graph = await TestGraph.open(client, "crash", name).catch(() => null);
			if (graph !== null) await this.#untilOver(() => this.#changeGraph(graph, ledger));
			client.vanish();
		});
		this.#work = [...httpWorkers, ...graphWorkers, this.#sendData(target)];
	}

	/** Ends when all have noticed that the server is gone. */
	async stop(): Promise<void> {
		this.#over = true;
		await Promise.all(this.#work);
	}

	async #untilOver(step: () => Promise<void>): Promise<void> {
		while (!this.#over) {
			try {
				await Promise.race([step(), this.#gone()]);
			} catch {
				// The server is gone, and the change stays unanswered; no other change of the same thing may start.
				return;
			}
			this.answered += 1;
		}
	}

	async #gone(): Promise<void> {
		while (!this.#over) await Bun.sleep(20);
		throw new Error("killed");
	}

	async #register(target: Target, id: string): Promise<void> {
		const ledger = this.devices.get(id) as Ledger<DeviceState>;
		const known = ledger.state;
		if (known !== null && Math.random() < 0.3) {
			return ledger.change(null, async () => {
				await answer(target, "DELETE", id, { rev: known.rev });
				return null;
			});
		}
		const count = (known?.count ?? 0) + 1;
		const profile = { model: "M", count };
		const method = known !== null && Math.random() < 0.5 ? "POST" : "PUT";
		const payload = method === "PUT" ? body({ profile }) : { profile };
		await ledger.change({ count, rev: "?" }, async () => {
			const { rev } = await answer(target, method, id, payload);
			return { count, rev: String(rev) };
		});
	}

	async #changeGraph(graph: TestGraph, ledger: Ledger<GraphState>): Promise<void> {
		const { links, join: current } = ledger.state;
		const feature = pick(FEATURES);
		const mode = pick(["idf", "odf"]);
		const key = `${mode} ${feature}`;
		const ask = (request: Record<string, unknown>) => within(graph.ok(request), "a reply");
		await ask({ op: "attach" });
		await ask({ op: "add_funcs", codes: CODES, digests: CODES.map(digestOf) });
		if (Math.random() < 0.3) {
			const next = digestOf(pick(CODES));
			return ledger.change({ links, join: next }, async () => {
				await ask({ op: "set_join", prev: current, new: next });
				return { links, join: next };
			});
		}
		const link = { da_id: DATA_DEVICE, [mode]: `${graph.request.slice(-2)}${feature}` };
		const had = links.includes(key);
		const changed = had ? links.filter((other) => other !== key) : [...links, key].toSorted();
		const func = digestOf(pick(CODES));
		await ledger.change({ links: changed, join: current }, async () => {
			await ask(had ? { op: "rm_link", ...link } : { op: "add_link", ...link, func });
			return { links: changed, join: current };
		});
	}

	async #sendData(target: Target): Promise<void> {
		const client = await TestClient.connect(target.mqtt, { reconnectPeriod: 0 }).catch(() => null);
		if (client === null) return;
		client.raw.on("error", () => {});
		while (!this.#over) {
			for (let n = 0; n < 20; n++) client.raw.publish(dataTopics.input, String(n));
			this.messages += 20;
			await Bun.sleep(10);
		}
		client.vanish();
	}
}

const dataTopics = { input: "none", output: "none" };

async function answer(target: Target, method: string, id: string, payload: unknown) {
	const { status, json } = await call(target, method, `/${id}`, payload);
	if (status !== 200) throw new Error(`${method} answered ${status}: ${JSON.stringify(json)}`);
	return json;
}

/** A device with a squaring function between its features, drawn once. */
async function drawDataGraph(target: Target): Promise<string> {
	const { rev } = await answer(target, "PUT", DATA_DEVICE, body());
	const client = await TestClient.connect(target.mqtt);
	const graph = await TestGraph.open(client, "crash", "data");
	await client.subscribe(`${DATA_DEVICE}/ctrl/o`);
	await client.publish(`${DATA_DEVICE}/ctrl/i`, { state: "online", rev }, { retain: true });
	await graph.ok({ op: "attach" });
	const [square] = await graph.addFunctions("def run(x): return x * x\n");
	await graph.ok({ op: "add_link", da_id: DATA_DEVICE, idf: "in", func: square });
	await graph.ok({ op: "add_link", da_id: DATA_DEVICE, odf: "out" });
	dataTopics.input = String((await client.nextJson(`${DATA_DEVICE}/ctrl/o`)).topic);
	dataTopics.output = String((await client.nextJson(`${DATA_DEVICE}/ctrl/o`)).topic);
	await client.end();
	return String(rev);
}

/** The device comes back, gets the same topics, and its data comes through. */
async function expectDataFlows(target: Target, rev: string): Promise<void> {
	const client = await TestClient.connect(target.mqtt);
	const signals = `${DATA_DEVICE}/ctrl/o`;
	await client.subscribe(signals);
	await client.subscribe(dataTopics.output);
	await client.publish(`${DATA_DEVICE}/ctrl/i`, { state: "online", rev }, { retain: true });
	const topics = [await client.nextJson(signals), await client.nextJson(signals)].map(
		({ topic }) => topic,
	);
	expect(topics).toEqual([dataTopics.input, dataTopics.output]);
	await client.publish(dataTopics.input, "7");
	expect((await client.next(dataTopics.output)).text).toBe("[49]");
	await client.end();
}

/** The database the dead server left, as others see it. */
function graphsIn(target: Target): Promise<Map<string, GraphState>> {
	return inDatabase(target, async (ask) => {
		await afterKill(ask);
		if (!TESTS_POSTGRES) {
			expect(await ask("PRAGMA integrity_check")).toEqual([{ integrity_check: "ok" }]);
			expect(await ask("PRAGMA foreign_key_check")).toEqual([]);
		}
		const unused =
			"SELECT * FROM topics WHERE NOT EXISTS (SELECT 1 FROM links WHERE (links.da_id, links.mode, links.feature) = (topics.da_id, topics.mode, topics.feature))";
		expect(await ask(unused)).toEqual([]);
		const found = new Map<string, GraphState>();
		for (let n = 0; n < GRAPH_WORKERS; n++) {
			const own = `client = 'crash' AND graph = 'g${n}'`;
			const rows = await ask(`SELECT mode, feature FROM links WHERE ${own}`);
			const links = rows
				.map(({ mode, feature }) => `${mode} ${String(feature).slice(-1)}`)
				.toSorted();
			const [graph] = await ask(`SELECT join_func FROM graphs WHERE ${own}`);
			const joined = graph?.join_func;
			found.set(`g${n}`, { links, join: typeof joined === "string" ? joined : null });
		}
		return found;
	});
}

test(
	`after ${KILLS} kills at random moments everything answered is there, and data flows again`,
	async () => {
		let target = await startBinary({ log: { level: "warn" }, core: { "max-devices": 1000 } });
		const rev = await drawDataGraph(target);
		const load = new Load();
		const begun = Date.now();
		for (let kill = 1; kill <= KILLS; kill++) {
			const before = load.answered;
			load.start(target);
			await until(
				() => load.answered >= before + ANSWERS_PER_KILL,
				`changes to be answered before kill ${kill}`,
				{ ms: LONG_DEADLINE_MS, seen: () => `${load.answered - before} are` },
			);
			// A random moment, on purpose: kills are to meet changes at any stage.
			await Bun.sleep(Math.random() * 400);
			target.process?.kill("SIGKILL");
			await target.process?.exited;
			await load.stop();

			const graphs = await graphsIn(target);
			for (const [name, ledger] of load.graphs) {
				const found = graphs.get(name) as GraphState;
				const same = (a: GraphState, b: GraphState) => Bun.deepEquals(a, b);
				expect(ledger.settle(found, same), `graph ${name} after kill ${kill}`).toBeUndefined();
			}
			target = await target.restart();
			for (const [id, ledger] of load.devices) {
				const { status, json } = await call(target, "GET", `/${id}`);
				const found =
					status === 404
						? null
						: { count: (json.profile as { count: number }).count, rev: String(json.rev) };
				const same = (expected: DeviceState, there: DeviceState) =>
					expected === null || there === null
						? expected === there
						: expected.count === there.count && [there.rev, "?"].includes(expected.rev);
				expect(ledger.settle(found, same), `device ${id} after kill ${kill}`).toBeUndefined();
			}
			await expectDataFlows(target, rev);
		}
		await target.dispose();
		const seconds = Math.round((Date.now() - begun) / 1000);
		console.log(
			`${KILLS} kills in ${seconds} s: ${load.answered} changes answered, ${load.messages} messages sent, 0 lost or half done`,
		);
		expect(load.answered).toBeGreaterThanOrEqual(KILLS * ANSWERS_PER_KILL);
	},
	ENDURANCE_MS,
);
