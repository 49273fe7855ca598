// A cluster that is set up as docs/cluster.md says: its settings of mosquitto and haproxy, its ini, its requests.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { get, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { Subprocess } from "bun";
import { TestCluster } from "../support/cluster-target.ts";
import { postgresForAll } from "../support/databases.ts";
import { TestGraph } from "../support/gateway.ts";
import { ADMIN, addAdmin, basic, makeToken, type } from "../support/logins.ts";
import { TestClient } from "../support/mqtt.ts";
import { freePort } from "../support/ports.ts";
import { hasPostgres } from "../support/postgres-server.ts";
import { hasProgram, programPath } from "../support/programs.ts";
import { type IniChanges, startBinary, type Target } from "../support/target.ts";
import { LONG_DEADLINE_MS, TEST_MS, until, within } from "../support/waiting.ts";

const GUIDE = readFileSync(join(import.meta.dir, "../../docs/cluster.md"), "utf8");
const PASSWORD = "a long password";
const ID = "df682f01-7c3a-49fd-8f5f-72ce0b6e68c0";

/** What the guide has in a block of its own. @param word That is in no other one. */
function block(word: string): string {
	const blocks = GUIDE.split(/^```\w*\n/m).filter((_text, index) => index % 2 === 1);
	const found = blocks.filter((text) => text.includes(word));
	if (found.length !== 1) throw new Error(`${found.length} blocks of the guide have "${word}"`);
	return found[0] ?? "";
}

/** Fails where there is nothing to replace. */
function replaced(text: string, ...changes: readonly (readonly [from: RegExp, to: string])[]) {
	return changes.reduce((so, [from, to]) => {
		if (!from.test(so)) throw new Error(`nothing is like ${from}`);
		return so.replace(from, to);
	}, text);
}

const canRun = hasPostgres() && hasProgram("mosquitto") && hasProgram("haproxy");

describe.skipIf(!canRun)("a cluster as the guide has it", () => {
	const postgres = postgresForAll();
	const children: Subprocess[] = [];
	let folder: string;
	let cluster: TestCluster;
	let a: Target;
	let balancer: string;
	let broker: string;
	beforeAll(async () => {
		folder = mkdtempSync(join(tmpdir(), "iotctl-guide-"));
		const port = await startBroker();
		broker = `mqtt://127.0.0.1:${port}`;
		const stop = async () => {};
		const own = { ports: [port], ini: iniOf(port), stop };
		cluster = await TestCluster.make(postgres.server, startBinary, 1, own);
		a = await cluster.add("a");
		await cluster.add("b");
		await cluster.settled("a", "b");
		addAdmin(a);
		balancer = await startBalancer();
	}, TEST_MS);
	afterAll(async () => {
		try {
			await cluster.dispose();
		} finally {
			for (const child of children) child.kill("SIGKILL");
			await within(Promise.all(children.map(({ exited }) => exited)), "the end of the programs");
			rmSync(folder, { recursive: true });
		}
	}, TEST_MS);

	function run(name: string, ...args: string[]): void {
		const command = [programPath(name) ?? name, ...args];
		children.push(Bun.spawn(command, { stdout: "ignore", stderr: "ignore" }));
	}

	async function startBroker(): Promise<number> {
		const port = await freePort();
		const file = (name: string) => join(folder, name);
		writeFileSync(file("rights"), block("topic readwrite +/ctrl/#"));
		writeFileSync(file("login"), `${PASSWORD}\n`, { mode: 0o600 });
		Bun.spawnSync(["mosquitto_passwd", "-c", "-b", file("passwords"), "iottalk", PASSWORD]);
		chmodSync(folder, 0o755);
		const conf = replaced(
			block("max_queued_messages"),
			[/^#persistence true$/m, "user root\npersistence true"],
			[/^#persistence_location .*$/m, `persistence_location ${folder}/`],
			[/^listener 1883$/m, `listener ${port} 127.0.0.1`],
			[/\/etc\/mosquitto\/iottalk\.passwords/, file("passwords")],
			[/\/etc\/mosquitto\/iottalk\.rights/, file("rights")],
		);
		writeFileSync(file("mosquitto.conf"), conf);
		run("mosquitto", "-c", file("mosquitto.conf"));
		return port;
	}

	/** Sections of the guide's ini that are not a test's own anyway, with what is another here. */
	function iniOf(port: number): IniChanges {
		const ini: Record<string, Record<string, string>> = {};
		let keys: Record<string, string> = {};
		for (const line of block("type = postgres").split("\n")) {
			const [, section] = /^\[(.+)\]$/.exec(line) ?? [];
			if (section !== undefined) ini[section] = keys = {};
			const [, key = "", value = ""] = /^([\w-]+) = (.+)$/.exec(line) ?? [];
			if (key !== "") keys[key] = value;
		}
		expect(Object.keys(ini)).toEqual(["core", "core-db", "core-mqtt", "cluster"]);
		expect(ini.cluster).toEqual({ name: "lab", node: "a", url: "http://10.0.0.2:9992" });
		return {
			// Logins are on, as with the guide's bind.
			core: { auth: "on", "allowed-origins": ini.core?.["allowed-origins"] ?? "" },
			"core-mqtt": {
				...ini["core-mqtt"],
				...{ host: "127.0.0.1", port, "password-file": join(folder, "login") },
			},
		};
	}

	async function startBalancer(): Promise<string> {
		const port = await freePort();
		const [first, second] = [...cluster.nodes.values()].map(({ http }) => new URL(http).host);
		const conf = replaced(
			block("default_backend"),
			[/bind :80/, `bind 127.0.0.1:${port}`],
			[/server a .*/, `server a ${first}`],
			[/server b .*/, `server b ${second}`],
			[/server c .*\n/, "\n"],
		);
		writeFileSync(join(folder, "haproxy.cfg"), conf.trimStart());
		run("haproxy", "-db", "-f", join(folder, "haproxy.cfg"));
		const address = `http://127.0.0.1:${port}`;
		const isReady = () =>
			fetch(`${address}/health`).then(
				({ ok }) => ok,
				() => false,
			);
		await until(isReady, "haproxy", { ms: LONG_DEADLINE_MS });
		return address;
	}

	/** The request of the guide, for a token. */
	async function register(token: string): Promise<Record<string, unknown>> {
		const [, json = ""] = /-d '(.+)'/.exec(block("curl -X PUT")) ?? [];
		const response = await fetch(`${balancer}/${ID}?token=${token}`, {
			...{ method: "PUT", body: json, headers: { "content-type": "application/json" } },
		});
		return await response.json();
	}

	/** What a request is answered that comes to haproxy from an address of this machine, by which it chooses a node. */
	async function from(
		localAddress: string,
		path: string,
	): Promise<{ status: number; text: string }> {
		const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
		const headers = { authorization: basic(ADMIN.username, ADMIN.password) };
		const options = { localAddress, headers, agent: false };
		get(`${balancer}${path}`, options, resolve).on("error", reject);
		const response = await promise;
		return { status: response.statusCode ?? 0, text: await text(response) };
	}

	test(
		"lets all in who were sent to a node, at once when it is dead",
		async () => {
			const addresses = Array.from({ length: 16 }, (_, n) => `127.0.0.${n + 1}`);
			const all = (path: string) => Promise.all(addresses.map((one) => from(one, path)));
			const nodeOf = ({ text: json }: { text: string }) => JSON.parse(json).cluster?.node;
			await until(
				async () => new Set((await all("/api/status")).map(nodeOf)).size === 2,
				"both nodes to be asked",
			);
			await cluster.kill("b");
			try {
				const answers = await all("/live");
				expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
			} finally {
				await cluster.restart("b");
				await cluster.settled("a", "b");
			}
		},
		TEST_MS,
	);

	test(
		"lets devices and graphs work, by the address of haproxy, and no one draw graphs who has no login",
		async () => {
			const answer = await register(makeToken(a, "phones"));
			expect(answer).toMatchObject({ state: "ok", name: "BetaCat" });
			// As example programs do: with no login at the broker.
			const device = await TestClient.connect(broker);
			await device.subscribe(`${ID}/ctrl/o`);
			await device.publish(`${ID}/ctrl/i`, { state: "online", rev: answer.rev }, { retain: true });
			const login = { username: "iottalk", password: PASSWORD };
			const graph = await TestGraph.open(await TestClient.connect(broker, login), "gui", "1");
			await graph.ok({ op: "attach" });
			const square = "def run(x): return x ** 2\n";
			const [digest = ""] = await graph.addFunctions(square);
			await graph.ok({ op: "add_link", da_id: ID, idf: "meow", func: digest });
			await graph.ok({ op: "add_link", da_id: ID, odf: "meow", func: null });
			const signals = [0, 1].map(() => device.nextJson(`${ID}/ctrl/o`));
			const topics = new Map(
				(await Promise.all(signals)).map((signal) => ["idf" in signal, String(signal.topic)]),
			);
			await device.subscribe(topics.get(false) ?? "");
			await device.publish(topics.get(true) ?? "", [7], { qos: 1 });
			const result = await device.next(topics.get(false) ?? "");
			expect(result.text).toBe("[49]");

			const stranger = await TestClient.connect(broker);
			await stranger.publish("iottalk/api/req/gui/graph/2", { op: "attach" }, { qos: 0 });
			const authorization = basic(ADMIN.username, ADMIN.password);
			const graphs = async () => {
				const views = await Promise.all(
					[...cluster.nodes.values()].map(({ http }) =>
						fetch(`${http}/api/graphs`, { headers: { authorization } }).then((it) => it.json()),
					),
				);
				return views.flat().map(({ graph: name }: { graph: string }) => name);
			};
			// What comes behind it is there.
			await graph.ok({ op: "get_graph" });
			expect(await graphs()).toEqual(["1"]);
			await Promise.all([device.end(), graph.client.end(), stranger.end()]);
		},
		TEST_MS,
	);

	test("is what check and cluster list say", () => {
		const check = type(a, ["check"]);
		expect(check).toMatch(
			/^ok +cluster +node a of lab, 8 partitions; others: b at http:\/\/127\.0\.0\.1:\d+$/m,
		);
		expect(check).toMatch(/^ok +broker /m);
		expect(type(a, ["cluster", "list"])).toStartWith(
			"Cluster lab: 2 nodes, 8 partitions and the router's\n",
		);
	});
});
