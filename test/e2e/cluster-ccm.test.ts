// Two nodes of a cluster that both have the project manager, which runs on one of them at a time.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { PROJECTS } from "../../src/cluster/partition-of.ts";
import { EventReader } from "../ccm/support/event-reader.ts";
import { ask, decided, FORMS, keyFile } from "../support/broker-questions.ts";
import { TestCluster } from "../support/cluster-target.ts";
import { postgresForAll } from "../support/databases.ts";
import type { Json } from "../support/gateway.ts";
import { TestClient } from "../support/mqtt.ts";
import { hasPostgres } from "../support/postgres-server.ts";
import { hasProgram } from "../support/programs.ts";
import { type LampProject, RestClient } from "../support/rest-client.ts";
import {
	drawSeed,
	expectSquares,
	hasSeed,
	SEED_GRAPH,
	seedOutput,
	startSeedDevice,
	watchSeed,
} from "../support/seed.ts";
import { type IniChanges, startWithCcm, type Target } from "../support/target.ts";
import { ENDURANCE_MS, LONG_DEADLINE_MS, until } from "../support/waiting.ts";

const LEASE_S = 5;
const SIMULATED = 6;

describe.skipIf(!hasPostgres() || !hasProgram("mosquitto"))("two nodes with projects", () => {
	const postgres = postgresForAll();
	let cluster: TestCluster;
	let a: Target;
	let b: Target;
	/** Of a broker that asks. */
	let key: ReturnType<typeof keyFile> | undefined;
	beforeEach(async () => {
		cluster = await TestCluster.make(postgres.server, startWithCcm, LEASE_S);
	}, ENDURANCE_MS);
	afterEach(async () => {
		await cluster.dispose();
		key?.remove();
		key = undefined;
	}, ENDURANCE_MS);

	/** The first one has the project manager. */
	const begin = async (ini: IniChanges = {}) => {
		a = await cluster.add("a", ini);
		await cluster.settled("a");
		b = await cluster.add("b", ini);
		await cluster.settled("a", "b");
	};
	const owner = async () => (await cluster.owners()).get(PROJECTS);

	test(
		"a project that is made and watched through one of them goes on when the other, which has it, is killed",
		async () => {
			await begin();
			expect(await owner()).toBe("a");
			const ann = await RestClient.patient(b.http);
			const project = await ann.lampProject(b, "lamp");
			const lit = await Lamp.of(project);
			await lit.flows(3);

			const stream = await events(ann, project.p_id);
			expect((await stream.next("project")).document.p_name).toBe("lamp");
			await ann.block(project.p_id, "Lamp");
			await stream.next("changes");

			const made = new Steadily(ann, project.p_id);
			await made.more(3);
			a.process?.kill("SIGKILL");
			await until(() => stream.isOver, "the end of the stream", { ms: LONG_DEADLINE_MS });
			await until(async () => (await owner()) === "b", "b to have the project manager", {
				ms: LONG_DEADLINE_MS,
			});
			await made.more(3);
			const names = await made.end();

			const again = await events(ann, project.p_id);
			const { document: now } = await again.next("project");
			expect(now.blocks).toHaveLength(3);
			const { data } = await ann.ok("GET", "/project");
			const there = (data as Json[]).map(({ p_name }) => String(p_name));
			expect(names.filter((name) => !there.includes(name))).toEqual([]);
			await lit.flows(4);
			await again.leave();
			await lit.end();
		},
		ENDURANCE_MS,
	);

	test.skipIf(!hasSeed())(
		"the seed's quick start and a project go through the death of a node",
		async () => {
			await begin();
			const mqtt = Number(new URL(b.mqtt).port);
			const device = startSeedDevice({ http: Number(new URL(b.http).port), mqtt });
			const seed = await watchSeed({ mqtt });
			try {
				await drawSeed({ mqtt }, LONG_DEADLINE_MS);
				const output = await seedOutput(seed);
				await expectSquares(seed, output, LONG_DEADLINE_MS);
				const ann = await RestClient.patient(b.http);
				const project = await ann.lampProject(b, "lamp");
				const lit = await Lamp.of(project);
				await lit.flows(3);

				// The node that has the graph; the other one answers for all of it then.
				const victim = (await cluster.ownerOf(SEED_GRAPH)) === "a" ? a : b;
				const left = victim === a ? b : a;
				victim.process?.kill("SIGKILL");
				await drawSeed({ mqtt }, LONG_DEADLINE_MS);
				await expectSquares(seed, output, LONG_DEADLINE_MS);
				const there = new RestClient(left.http, ann.authorization, true);
				const { data } = await there.ok("GET", "/project");
				expect(data).toMatchObject([{ p_name: "lamp", status: "on" }]);
				await lit.flows(4);
				await lit.end();
			} finally {
				device.kill("SIGKILL");
				await seed.end();
			}
		},
		ENDURANCE_MS,
	);

	test(
		"people and pages are let in by the node that they ask, simulators by that of their device; a frozen node is replaced",
		async () => {
			key = keyFile();
			await begin({
				...{ core: { auth: "on" }, gui: { "page-api": "on" } },
				"core-mqtt": { "auth-key-file": key.path },
			});
			const stranger = new RestClient(b.http);
			expect((await stranger.send("GET", "/project")).status).toBe(401);
			const ann = await RestClient.patient(b.http);
			// What a client says of who was let in counts for nothing.
			const forged = await fetch(`${a.http}/api/v0/project`, {
				headers: { "x-iotctl-let-in": "e30.x" },
			});
			expect(forged.status).toBe(401);
			const { p_id } = await ann.ok("PUT", "/project", { p_name: "mine" });
			for (let n = 0; n < SIMULATED; n++) await ann.block(Number(p_id), "Lamp");
			await ann.ok("POST", `/simulation/${p_id}`, { sim: "on" });
			await ann.ok("POST", `/project/${p_id}`, { status: "on" });
			const simulators = "SELECT name FROM devices WHERE name LIKE 'Sim-%'";
			await until(
				async () => (await cluster.ask(simulators)).length === SIMULATED,
				"all simulators, whose devices are both nodes'",
				{ ms: LONG_DEADLINE_MS, seen: () => a.log().slice(-2000) },
			);
			const page = await Page.open(b);
			await page.isKnownTo(a, b);
			expect(await page.asks()).toBe("ok");
			// A frozen node is waited for until it has been replaced.
			a.process?.kill("SIGSTOP");
			expect((await ann.send("GET", "/project")).status).toBe(200);
			expect(await owner()).toBe("b");
			await page.isKnownTo(b);
			expect(await page.asks()).toBe("ok");
			await page.end();
			a.process?.kill("SIGCONT");
			const atA = new RestClient(a.http, ann.authorization, true);
			const named = async () => {
				const { status, body } = await atA.send("GET", "/project");
				return status === 200 && (body.data as Json[]).map(({ p_name }) => p_name);
			};
			await until(async () => Boolean(await named()), "an answer through a", {
				ms: LONG_DEADLINE_MS,
			});
			expect(await named()).toEqual(["mine"]);
		},
		ENDURANCE_MS,
	);
});

async function events(client: RestClient, pId: number): Promise<EventReader> {
	return new EventReader(await client.fetch("GET", `/api/v1/projects/${pId}/events`));
}

/** A page of a person who is logged in, on MQTT. */
class Page {
	private constructor(
		readonly client: TestClient,
		/** What `/mqtt_url` gave it. */
		readonly given: Readonly<Record<"id" | "_id" | "username" | "password", string>>,
	) {}

	static async open(at: Target): Promise<Page> {
		const account = { username: "pat", password: "a long password" };
		await send(at, "POST", "/api/v0/account/create", account);
		const letIn = await send(at, "POST", "/api/v0/account/login", account);
		const [cookie = ""] = (letIn.headers.get("set-cookie") ?? "").split(";");
		const answer = await fetch(`${at.http}/mqtt_url`, { headers: { cookie } });
		const page = new Page(
			await TestClient.connect(at.mqtt),
			(await answer.json()) as Page["given"],
		);
		await page.client.subscribe(`iottalk/api/gui/res/${page.given.id}`);
		return page;
	}

	/** Each node answers a broker that asks about it; no other page's topics are its own. */
	async isKnownTo(...nodes: readonly Target[]): Promise<void> {
		const { id, username, password } = this.given;
		const topics = [id, randomUUID()].map((one) => `iottalk/api/gui/req/${one}`);
		for (const node of nodes) {
			const lets = async (shown: string) =>
				decided(await ask(node, "/mqtt/auth", { username, password: shown }), "status");
			// A node hears a moment later of an account that was made at another one.
			await until(() => lets(password), "the page to be let in");
			expect(await lets("wrong")).toBe(false);
			const may = topics.map((topic) => asksTopic(node, username, "publish", topic));
			const hears = asksTopic(node, username, "subscribe", `iottalk/monitor/${randomUUID()}`);
			expect(await Promise.all([...may, hears])).toEqual([true, false, true]);
		}
	}

	/** How a request is answered that needs its token, behind an attach with that. */
	async asks(): Promise<unknown> {
		const { id, _id } = this.given;
		const next = async (op: string) => {
			await this.client.publish(`iottalk/api/gui/req/${id}`, { op, _id });
			return (await this.client.nextJson(`iottalk/api/gui/res/${id}`, LONG_DEADLINE_MS)).state;
		};
		return (await next("attach")) === "ok" && next("get_project_list");
	}

	end(): Promise<void> {
		return this.client.end();
	}
}

const asksTopic = FORMS["mosquitto-go-auth"] ?? (() => Promise.reject(new Error("no such broker")));

async function send({ http }: Target, method: string, path: string, payload: Json) {
	const body = JSON.stringify(payload);
	return fetch(http + path, { method, headers: { "content-type": "application/json" }, body });
}

/** Values of a project's sensor, on their way to its lamp. */
class Lamp {
	private constructor(
		readonly project: LampProject,
		readonly from: string,
		readonly to: string,
	) {}

	/** Waits until both devices are told of their links. */
	static async of(project: LampProject): Promise<Lamp> {
		const [sensor] = project.sensors;
		if (sensor === undefined) throw new Error("It has no sensor");
		const to = String((await project.lamp.signal()).topic);
		await project.lamp.client.subscribe(to);
		return new Lamp(project, String((await sensor.signal()).topic), to);
	}

	async flows(value: number): Promise<void> {
		const { sensors, lamp } = this.project;
		await sensors[0]?.client.publish(this.from, [value], { qos: 1 });
		expect((await lamp.client.next(this.to, LONG_DEADLINE_MS)).text).toBe(`[${value * 10}]`);
	}

	async end(): Promise<void> {
		for (const { client } of [...this.project.sensors, this.project.lamp]) await client.end();
	}
}

/** Makes projects one after the other, and remembers which were answered. */
class Steadily {
	readonly #answered: string[] = [];
	readonly #end: Promise<void>;
	#isOver = false;

	constructor(client: RestClient, pId: number) {
		this.#end = this.#run(client, pId);
	}

	async more(count: number): Promise<void> {
		const before = this.#answered.length;
		await until(() => this.#answered.length >= before + count, `${count} more to be answered`, {
			ms: LONG_DEADLINE_MS,
		});
	}

	/** Those that were answered. */
	async end(): Promise<readonly string[]> {
		this.#isOver = true;
		await this.#end;
		return this.#answered;
	}

	async #run(client: RestClient, pId: number): Promise<void> {
		for (let n = 0; !this.#isOver; n++) {
			const p_name = `${pId} ${n}`;
			const { body } = await client.send("PUT", "/project", { p_name });
			if (body.state === "ok") this.#answered.push(p_name);
			await Bun.sleep(50);
		}
	}
}
