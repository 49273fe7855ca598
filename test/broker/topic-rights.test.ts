// Every kind of principal with every kind of operation, over the wire, with logins on and off.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { IClientOptions } from "mqtt";
import { Auth } from "../../src/auth/auth.ts";
import { LinkGrants } from "../../src/auth/link-grants.ts";
import { ownerOf, type Principal } from "../../src/auth/principal.ts";
import { hashOf, hashPassword } from "../../src/auth/secrets.ts";
import { TopicGrants } from "../../src/auth/topic-grants.ts";
import { EmbeddedBroker } from "../../src/broker/embedded.ts";
import type { Authority } from "../../src/broker/login.ts";
import { brokerOptions, MemoryDisk } from "../support/embedded.ts";
import { quietLog } from "../support/log.ts";
import { TestClient } from "../support/mqtt.ts";
import { Inbox } from "../support/waiting.ts";

const CCM: Principal = { kind: "service", name: "ccm", stamp: "" };
const SECRET = "drawn at random";

type Role = "admin" | "device" | "service";
const LOGINS: Record<Role, IClientOptions> = {
	admin: { username: "boss", password: "correct horse battery" },
	device: { username: "d", password: SECRET },
	service: { username: "ccm", password: "x" },
};
/** Topic → roles that may publish to it, and subscribe to it. */
const TOPICS: Record<string, readonly [publish: readonly Role[], subscribe: readonly Role[]]> = {
	"d/ctrl/i": [["admin", "device"], ["admin"]],
	"d/ctrl/o": [["admin"], ["admin", "device"]],
	"data/in": [["admin", "device"], ["admin"]],
	"data/out": [["admin"], ["admin", "device"]],
	"e/ctrl/i": [["admin"], ["admin"]],
	"e/ctrl/o": [["admin"], ["admin"]],
	"data/theirs": [["admin"], ["admin"]],
	"iottalk/api/req/gui/graph/g": [["admin"], ["admin"]],
	"iottalk/api/req/ccm/graph/g": [["admin", "service"], ["admin"]],
	"iottalk/api/res/ccm/graph/g": [["admin"], ["admin", "service"]],
	"some/topic": [["admin"], ["admin"]],
	"$SYS/broker/uptime": [[], ["admin"]],
};
const FILTERS: Record<string, readonly Role[]> = {
	"#": ["admin"],
	"+/ctrl/o": ["admin"],
	"d/#": ["admin"],
	"data/+": ["admin"],
	"$share/g/data/out": ["admin"],
	"$SYS/#": ["admin"],
	"iottalk/api/res/#": ["admin"],
	"iottalk/api/res/ccm/#": ["admin", "service"],
	"iottalk/api/res/ccm/+/g": ["admin", "service"],
};

class Setting {
	readonly grants = new TopicGrants();
	readonly links = new LinkGrants(this.grants);
	readonly closed = new Inbox<string>();
	readonly broker: EmbeddedBroker;
	readonly #auth: Auth;
	#boss: TestClient | undefined;

	constructor(isOn: boolean, bossHash: string) {
		const auth = new Auth(isOn, {
			accounts: {
				refresh: async () => {},
				refreshSurely: async () => {},
				isOutdated: () => false,
				user: (name) => {
					const known = { email: null, sub: null, isActive: true, createdAt: 0 };
					const role = ({ boss: "admin", teacher: "teacher" } as const)[name];
					return role && { id: 1, name, hash: bossHash, role, ...known };
				},
				tokenByHash: () => undefined,
				service: (name) => (name === "ccm" ? { name, hash: hashOf("x"), createdAt: 0 } : undefined),
			},
			secretHashOf: (id) => (id === "d" || id === "e" ? hashOf(SECRET) : undefined),
			log: quietLog,
		});
		this.#auth = auth;
		this.broker = new EmbeddedBroker(brokerOptions(), {
			disk: new MemoryDisk(),
			authority: this.#authority(),
			// Over WebSocket every client counts as a page of another origin.
			gate: () => ({ refusal: undefined, isForeignPage: !isOn }),
			log: quietLog,
		});
		this.grants.give(ownerOf(CCM), { access: "publish", filter: "iottalk/api/req/ccm/#" });
		this.grants.give(ownerOf(CCM), { access: "subscribe", filter: "iottalk/api/res/ccm/#" });
		this.links.linked({ daId: "d", mode: "idf", feature: "f" }, "data/in");
		this.links.linked({ daId: "d", mode: "odf", feature: "f" }, "data/out");
		this.links.linked({ daId: "e", mode: "idf", feature: "f" }, "data/theirs");
	}

	#authority(): Authority {
		const auth = this.#auth;
		return {
			login: (name, password, address) => auth.login(name, password, address),
			deviceLogin: (id, password, address) => auth.deviceLogin(id, password, address),
			isCurrent: (principal) => auth.isCurrent(principal),
			remember: (principal) => auth.remember(principal),
			recall: (text) => auth.recall(text),
			mayPublish: (principal, topic) => this.grants.mayPublish(principal, topic),
			maySubscribe: (principal, filter) => this.grants.maySubscribe(principal, filter),
			onTaken: (listener) => this.grants.onTaken(listener),
		};
	}

	async start(): Promise<void> {
		this.broker.followConnections({
			opened: () => {},
			subscribed: () => {},
			unsubscribed: () => {},
			closed: () => this.closed.add("closed"),
		});
		await this.broker.start();
		this.#boss = await this.connect(LOGINS.admin);
		await this.#boss.subscribe("#");
		await this.#boss.subscribe("$SYS/broker/uptime");
	}

	async stop(): Promise<void> {
		await this.#boss?.end();
		await this.broker.stop();
	}

	connect(options: IClientOptions, scheme: "mqtt" | "ws" = "mqtt"): Promise<TestClient> {
		const port = scheme === "mqtt" ? this.broker.port : this.broker.wsPort;
		return TestClient.connect(`${scheme}://127.0.0.1:${port}`, options);
	}

	/** Whether an admin heard a payload on a topic before the fence behind it. */
	async heard(topic: string, payload: string): Promise<boolean> {
		const boss = this.#boss;
		if (boss === undefined) throw new Error("not started");
		const fence = crypto.randomUUID();
		await this.broker.publish("fence", fence, { qos: 2 });
		await boss.inbox.take("the fence", ({ text }) => text === fence);
		const found = boss.inbox.waiting.some((got) => got.topic === topic && got.text === payload);
		boss.inbox.clear();
		return found;
	}

	/** Whether something is retained on a topic; it is cleared. */
	async retains(topic: string, payload: string): Promise<boolean> {
		const reader = await this.connect(LOGINS.admin);
		await reader.subscribe(topic);
		await this.broker.publish("fence", "x", { qos: 2 });
		await reader.subscribe("fence");
		await this.broker.publish("fence", "over", { qos: 2 });
		await reader.inbox.take("the fence", ({ text }) => text === "over");
		const found = reader.inbox.waiting.some(({ text }) => text === payload);
		await reader.end();
		await this.broker.publish(topic, "", { qos: 1, retain: true });
		return found;
	}
}

let on: Setting;
let off: Setting;
beforeAll(async () => {
	const hash = await hashPassword(String(LOGINS.admin.password));
	on = new Setting(true, hash);
	off = new Setting(false, hash);
	await on.start();
	await off.start();
});
afterAll(async () => {
	await on.stop();
	await off.stop();
});

/** Name, where it connects, as what its rights are. */
const CLIENTS: [string, () => Setting, IClientOptions, "mqtt" | "ws", Role][] = [
	["an admin", () => on, LOGINS.admin, "mqtt", "admin"],
	["a device", () => on, LOGINS.device, "mqtt", "device"],
	["a device over WebSocket", () => on, LOGINS.device, "ws", "device"],
	["a service", () => on, LOGINS.service, "mqtt", "service"],
	["a client without a login, while logins are off,", () => off, {}, "mqtt", "admin"],
	["a wrong login, while logins are off,", () => off, LOGINS.service, "mqtt", "admin"],
	["a page's device, while logins are off,", () => off, LOGINS.device, "ws", "device"],
];

describe.each(CLIENTS)("%s", (_, where, login, scheme, role) => {
	test("publishes where it may, retained or not, at every QoS", async () => {
		const client = await where().connect(login, scheme);
		for (const [topic, [publishers]] of Object.entries(TOPICS)) {
			const mayPublish = publishers.includes(role);
			for (const qos of [0, 1, 2] as const) {
				const payload = `"plain ${qos}"`;
				await client.publish(topic, payload, { qos });
				// Of QoS 0 nothing is confirmed: what comes behind it on the same connection is.
				await client.publish("some/where", "x", { qos: 1 });
				expect([topic, qos, await where().heard(topic, payload)]).toEqual([topic, qos, mayPublish]);
			}
			await client.publish(topic, `"kept"`, { qos: 1, retain: true });
			expect([topic, await where().retains(topic, `"kept"`)]).toEqual([topic, mayPublish]);
			await where().heard(topic, "");
		}
		expect(client.raw.connected).toBe(true);
		await client.end();
	});

	test("subscribes to what it may, and to no filter that is wider", async () => {
		const client = await where().connect(login, scheme);
		for (const [topic, [, subscribers]] of Object.entries(TOPICS)) {
			const expected = [topic, subscribers.includes(role)];
			expect([topic, await client.maySubscribe(topic)]).toEqual(expected);
		}
		for (const [filter, subscribers] of Object.entries(FILTERS)) {
			const expected = [filter, subscribers.includes(role)];
			expect([filter, await client.maySubscribe(filter)]).toEqual(expected);
		}
		await client.end();
	});

	test("leaves a will where it may publish, retained or not", async () => {
		for (const [topic, [publishers]] of Object.entries(TOPICS)) {
			for (const retain of [false, true]) {
				const payload = `"will ${retain}"`;
				const will = { topic, payload: Buffer.from(payload), qos: 1 as const, retain };
				const client = await where().connect({ ...login, will }, scheme);
				where().closed.clear();
				client.vanish();
				await where().closed.take("the end of the connection");
				const mayPublish = publishers.includes(role);
				expect([topic, retain, await where().heard(topic, payload)]).toEqual([
					topic,
					retain,
					mayPublish,
				]);
				if (!retain) continue;
				expect([topic, await where().retains(topic, payload)]).toEqual([topic, mayPublish]);
				await where().heard(topic, "");
			}
		}
	});
});

describe("while logins are on, no connection is for", () => {
	test.each<[string, IClientOptions]>([
		["a client without a login", {}],
		["a wrong password", { username: "boss", password: "wrong" }],
		["a wrong secret", { username: "d", password: "wrong" }],
		["a person", { username: "teacher", password: "correct horse battery" }],
	])("%s", async (_, login) => {
		await expect(on.connect(login)).rejects.toThrow(/Bad username or password|Not authorized/i);
	});
});

describe("a grant taken while a client is connected", () => {
	test("ends its subscriptions, narrower ones too, and its publishing; it stays connected", async () => {
		const client = await on.connect(LOGINS.service);
		const [publish, subscribe] = [
			{ access: "publish", filter: "lent/#" } as const,
			{ access: "subscribe", filter: "lent/#" } as const,
		];
		for (const grant of [publish, subscribe]) on.grants.give(ownerOf(CCM), grant);
		for (const filter of ["lent/#", "lent/a", "iottalk/api/res/ccm/#"])
			await client.subscribe(filter);
		await on.broker.publish("lent/a", "1", { qos: 1 });
		expect((await client.next("lent/a")).text).toBe("1");
		await client.publish("lent/b", "mine", { qos: 1 });
		expect(await on.heard("lent/b", "mine")).toBe(true);
		client.inbox.clear();
		const before = on.broker.stats.subscriptions;
		for (const grant of [publish, subscribe]) on.grants.take(ownerOf(CCM), grant);
		expect(on.broker.stats.subscriptions).toBe((before ?? 0) - 2);
		await on.broker.publish("lent/a", "2", { qos: 1 });
		await client.publish("lent/b", "2", { qos: 1 });
		await on.broker.publish("iottalk/api/res/ccm/x", "still heard", { qos: 1 });
		expect((await client.inbox.take("what it may hear")).text).toBe("still heard");
		expect(await on.heard("lent/b", "2")).toBe(false);
		expect(await client.maySubscribe("lent/c")).toBe(false);
		await client.end();
	});

	test("is gone from a session whose client is away", async () => {
		const session = { ...LOGINS.device, clientId: "away", clean: false };
		const key = { daId: "d", mode: "odf", feature: "g" } as const;
		on.links.linked(key, "data/lent");
		const client = await on.connect(session);
		for (const topic of ["data/lent", "data/out"]) await client.subscribe(topic);
		await client.end();
		on.links.unlinked(key);
		for (const topic of ["data/lent", "data/out"]) await on.broker.publish(topic, "x", { qos: 1 });
		const back = await on.connect(session);
		expect((await back.inbox.take("what waited")).topic).toBe("data/out");
		on.links.linked(key, "data/lent");
		await on.broker.publish("data/lent", "y", { qos: 1 });
		await on.broker.publish("data/out", "fence", { qos: 1 });
		expect((await back.inbox.take("the next")).text).toBe("fence");
		await back.end();
	});
});
