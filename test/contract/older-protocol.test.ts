// The older protocol, by the test vectors of its contract (v1-http.md §8), from outside.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { call, type Json, TestDevice, TestGraph } from "../support/gateway.ts";
import { ADMIN, addAdmin, basic, connectAs, makeToken } from "../support/logins.ts";
import { TestClient } from "../support/mqtt.ts";
import { idOf, type OldApi, startOld } from "../support/old-client.ts";
import type { Target } from "../support/target.ts";
import { testEmbedded } from "../support/variants.ts";
import { Inbox, until } from "../support/waiting.ts";

const UUID = /^[0-9a-f-]{36}$/;
const SQUARE = "def run(x): return x ** 2\n";
const FEATURES = ["Dummy_Sensor", "Dummy_Control"];
const FLAGS = (flags: string) => ["SET_DF_STATUS", { cmd_params: [flags] }];
const RESUME = ["RESUME", { cmd_params: [] }];
const SUSPEND = ["SUSPEND", { cmd_params: [] }];

/** What the status says of the older protocol. */
interface OldStatus {
	readonly port: number;
	readonly online: number;
	readonly known: number;
}

let target: Target;
let old: OldApi;
let client: TestClient;
beforeAll(async () => {
	({ target, old } = await startOld());
	client = await TestClient.connect(target.mqtt);
});
afterAll(async () => {
	await client.end();
	await target.dispose();
});

const mac = () => randomUUID().slice(-12);
const profile = (fields: Json) => ({ profile: { is_sim: false, df_list: FEATURES, ...fields } });

/** A graph that squares what a device's sensor says, for its control. */
async function square(da_id: string): Promise<TestGraph> {
	const graph = await TestGraph.open(client);
	await graph.ok({ op: "attach" });
	const [func] = await graph.addFunctions(SQUARE);
	await graph.ok({ op: "add_link", da_id, idf: "Dummy_Sensor", func });
	await graph.ok({ op: "add_link", da_id, odf: "Dummy_Control" });
	return graph;
}

describe("v1-http.md §8 registration", () => {
	test("vector 1: a device registers, and is one of the registry", async () => {
		const status = async () => (await call(target, "GET", "/api/status")).json.v1 as OldStatus;
		const before = await status();
		const sent = profile({ dm_name: "Dummy_Device", d_name: "d1" });
		const { status: code, text, headers } = await old.send("POST", "/C860008BD249", sent);
		expect(code).toBe(200);
		expect(text).toEndWith("}\n");
		expect(JSON.parse(text)).toEqual({ d_name: "d1", password: expect.stringMatching(UUID) });
		expect(headers.get("content-type")).toBe("application/json");
		const { json } = await call(target, "GET", `/${idOf("C860008BD249")}`);
		expect(json).toMatchObject({
			id: "f3d4308c-7e21-5b1c-b3f3-aaf20b44a528",
			profile: { model: "Dummy_Device", mac_addr: "C860008BD249", v1: true },
		});
		expect(await status()).toEqual({
			port: Number(new URL(old.base).port),
			online: before.online + 1,
			known: before.known + 1,
		});
	});

	test("vector 2: without a name it gets the first free one of its model", async () => {
		const model = `Model_${mac()}`;
		const names: unknown[] = [];
		for (const each of [mac(), mac()]) {
			names.push(
				JSON.parse((await old.send("POST", `/${each}`, profile({ dm_name: model }))).text),
			);
		}
		expect(names).toMatchObject([{ d_name: `00.${model}` }, { d_name: `01.${model}` }]);
	});

	test("vectors 3 to 5: what is wrong with a profile is said in the original's words", async () => {
		const path = `/${mac()}`;
		const said = (body?: unknown) => old.said("POST", path, body);
		const wrong = { dm_name: "X", df_list: "a", is_sim: false };
		expect(await said({ profile: wrong })).toBe("400 df_list format error");
		expect(await said({})).toBe("400 argument is not in JSON format");
		expect(await said()).toBe("400 argument is not in JSON format");
		const noModel = { is_sim: true, df_list: [] };
		expect(await said({ profile: noModel })).toBe("400 dm_name not in profile");
		const { status } = await old.send("POST", path, {
			profile: { dm_name: "X", df_list: ["a"], u_name: "yb" },
		});
		expect(status).toBe(200);
	});
});

describe("v1-http.md §8 data", () => {
	test("vectors 6 and 7: two samples are kept, the newest first", async () => {
		const m = mac();
		await old.register(m, FEATURES);
		const { text } = await old.send("GET", `/${m}/Dummy_Control`);
		expect(text).toBe('{"samples":[]}\n');
		for (const value of [1, 2, 3]) {
			const done = await old.send("PUT", `/${m}/Dummy_Sensor`, { data: [value] });
			expect([done.status, done.headers.get("content-length")]).toEqual([200, "0"]);
		}
		const [newest, second, ...more] = await old.samples(m, "Dummy_Sensor");
		expect([newest?.[1], second?.[1], more]).toEqual([[3], [2], []]);
		expect((newest?.[0] ?? "") > (second?.[0] ?? "")).toBe(true);
		expect(newest?.[0]).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/);
	});

	test("vector 8: data that is none is refused", async () => {
		const m = mac();
		await old.register(m, FEATURES);
		const said = (body: unknown) => old.said("PUT", `/${m}/Dummy_Sensor`, body);
		expect(await said({ data: 5 })).toBe("400 data should be an array");
		expect(await said({ x: 1 })).toBe("400 data is not given");
		expect(await said("nonsense")).toBe("400 argument is not in JSON format");
	});

	test("vectors 9 and 10: unknown devices and features are named", async () => {
		const unknown = "400 mac_addr not found: nobody";
		expect(await old.said("PUT", "/nobody/Y", { data: [1] })).toBe(unknown);
		expect(await old.said("GET", "/nobody/Y")).toBe(unknown);
		expect(await old.said("DELETE", "/nobody")).toBe(unknown);
		const m = mac();
		await old.register(m, FEATURES);
		expect(await old.said("PUT", `/${m}/Nope`, { data: [1] })).toBe("400 df_name not found: Nope");
		expect(await old.said("GET", `/${m}/Nope`)).toBe("400 df_name not found: Nope");
		const fixed = "400 profile cannot be modified";
		expect(await old.said("PUT", `/${m}/profile`, { data: [1] })).toBe(fixed);
	});

	test("vector 11: a profile comes back as it was registered, with a part of the password", async () => {
		const m = mac();
		const features = ["c", "a", "b", "a"];
		const password = await old.register(m, features, { extra: { x: [1] } });
		const { samples } = JSON.parse((await old.send("GET", `/${m}/profile`)).text);
		expect(samples).toMatchObject({ df_list: features, extra: { x: [1] } });
		expect(Object.keys(samples.min_max)).toEqual(["c", "a", "b"]);
		const shown = (await old.send("GET", `/${m}/password`)).text;
		expect(JSON.parse(shown)).toEqual({ samples: password.slice(0, 2) });
		const { text } = await old.send("GET", "/tree");
		expect(JSON.parse(text)[m]).toEqual([
			...["password", "profile", ...features, "__Ctl_I__", "__Ctl_O__"],
		]);
	});

	test("an alias is what was set, or the feature's name", async () => {
		const m = mac();
		await old.register(m, FEATURES);
		const path = `${m}/Dummy_Sensor`;
		const alias = async () => JSON.parse((await old.send("GET", `/get_alias/${path}`)).text);
		expect(await alias()).toEqual({ alias_name: ["Dummy_Sensor"] });
		const { text } = await old.send("GET", `/set_alias/${path}/alias?name=desk%20lamp`);
		expect(JSON.parse(text)).toEqual({ alias_name: "desk lamp" });
		await old.register(m, FEATURES);
		expect(await alias()).toEqual({ alias_name: ["desk lamp"] });
		const unmounted = "400 Error: Device may be not existed or not mounted.";
		expect(await old.said("GET", "/get_alias/nobody/x")).toBe(unmounted);
	});

	test("data arrive at a graph byte for byte, an empty list does not", async () => {
		const m = mac();
		await old.register(m, ["a-I"]);
		const graph = await TestGraph.open(client);
		await graph.ok({ op: "attach" });
		const lamp = await TestDevice.register(target);
		await lamp.say("online");
		await graph.ok({ op: "add_link", da_id: idOf(m), idf: "a-I" });
		await graph.ok({ op: "add_link", da_id: lamp.id, odf: "meow" });
		const topic = String((await lamp.signal()).topic);
		await lamp.client.subscribe(topic);
		for (const data of ["[]", "[1.0, 12345678901234567890]", '[{"a":"\\u6eab"}, null]']) {
			await old.send("PUT", `/${m}/a-I`, `{"x":1,"data":${data}}`);
		}
		const texts = [(await lamp.client.next(topic)).text, (await lamp.client.next(topic)).text];
		const squeezed = texts.map((text) => text.replaceAll(" ", ""));
		expect(squeezed).toEqual(["[1.0,12345678901234567890]", '[{"a":"\\u6eab"},null]']);
		await graph.ok({ op: "detach" });
		await lamp.client.end();
	});
});

describe("v1-http.md §8 graphs and the control channel", () => {
	test("vectors 12 to 16: data go through a graph; flags, resume, stop, registering again", async () => {
		const m = mac();
		await old.register(m, FEATURES);
		const graph = await square(idOf(m));
		await old.shows(m, "__Ctl_O__", FLAGS("11"));
		const echo = ["SET_DF_STATUS_RSP", { cmd_params: ["11"] }];
		expect((await old.send("PUT", `/${m}/__Ctl_I__`, { data: echo })).status).toBe(200);
		await old.shows(m, "__Ctl_O__", RESUME);
		await old.send("PUT", `/${m}/Dummy_Sensor`, { data: [7] });
		await old.shows(m, "Dummy_Control", [49]);
		const [first] = await old.samples(m, "Dummy_Control");
		const [again] = await old.samples(m, "Dummy_Control");
		expect(again).toEqual(first);

		const topics = () => topicsOf(graph);
		const before = await topics();
		const password = await old.register(m, FEATURES);
		expect(password).toMatch(UUID);
		expect(await old.samples(m, "Dummy_Sensor")).toEqual([]);
		await old.shows(m, "__Ctl_O__", FLAGS("11"));
		expect(await topics()).toEqual(before);
		// There is no echo: it resumes three seconds after it saw the flags.
		await old.shows(m, "__Ctl_O__", RESUME);

		const [idf = ""] = before;
		await client.subscribe(idf);
		await graph.ok({ op: "rm_link", da_id: idOf(m), idf: "Dummy_Sensor" });
		await graph.ok({ op: "rm_link", da_id: idOf(m), odf: "Dummy_Control" });
		await old.shows(m, "__Ctl_O__", SUSPEND);
		expect((await old.send("PUT", `/${m}/Dummy_Sensor`, { data: [8] })).status).toBe(200);
		await client.publish(idf, "mark");
		expect((await client.next(idf)).text).toBe("mark");
		await graph.ok({ op: "detach" });
	});

	test("vector 24: flags follow the registered list, features twice", async () => {
		const m = mac();
		await old.register(m, ["A-I", "B-O", "A-I"]);
		const graph = await TestGraph.open(client);
		await graph.ok({ op: "attach" });
		await graph.ok({ op: "add_link", da_id: idOf(m), idf: "A-I" });
		await old.shows(m, "__Ctl_O__", FLAGS("101"));
		await graph.ok({ op: "detach" });
		await old.shows(m, "__Ctl_O__", SUSPEND);
	});

	test("it never gets a CONNECT, and its lists say which way its features go", async () => {
		const m = mac();
		const id = idOf(m);
		await client.subscribe(`${id}/ctrl/o`);
		await old.register(m, ["A-I", "B-O", "c", "d"]);
		const lists = async () => {
			const { json } = await call(target, "GET", `/${id}`);
			return [json.idf_list, json.odf_list];
		};
		expect(await lists()).toEqual([
			["A-I", "c", "d"],
			["B-O", "c", "d"],
		]);
		await old.send("PUT", `/${m}/c`, { data: [1] });
		await old.samples(m, "d");
		const wanted = JSON.stringify([
			["A-I", "c"],
			["B-O", "d"],
		]);
		await until(async () => JSON.stringify(await lists()) === wanted, "the lists to follow");
		const graph = await TestGraph.open(client);
		await graph.ok({ op: "attach" });
		await graph.ok({ op: "add_link", da_id: id, idf: "c" });
		await old.shows(m, "__Ctl_O__", FLAGS("0010"));
		await old.shows(m, "__Ctl_O__", RESUME);
		await client.publish(`${id}/ctrl/o`, "mark");
		expect((await client.next(`${id}/ctrl/o`)).text).toBe("mark");
		await graph.ok({ op: "detach" });
	});
});

/** Links a device's control as an administrator does, where logins are on. */
async function link(target: Target, da_id: string): Promise<void> {
	const boss = await connectAs(target, ADMIN);
	const graph = await TestGraph.open(boss);
	await graph.ok({ op: "attach" });
	await graph.ok({ op: "add_link", da_id, odf: "Dummy_Control" });
	await boss.end();
}

/** ESM topics of a graph's links, inputs first. */
async function topicsOf(graph: TestGraph): Promise<string[]> {
	const { text } = await call(target, "GET", "/api/graphs");
	const graphs = JSON.parse(text) as { graph: string; idfs: Json[]; odfs: Json[] }[];
	const [, name = ""] = /graph\/(.*)$/.exec(graph.request) ?? [];
	const { idfs = [], odfs = [] } = graphs.find((each) => each.graph === name) ?? {};
	return [...idfs, ...odfs].map(({ topic }) => String(topic));
}

describe("v1-http.md §8 HTTP as microcontrollers speak it", () => {
	test("vectors 17 and 18: LF alone, no Host, a blank behind the body", async () => {
		const m = mac();
		await old.register(m, FEATURES);
		const get = `GET /${m}/Dummy_Control HTTP/1.1\nHost: a\n\n`;
		expect(await old.raw([get], 1)).toStartWith("HTTP/1.1 200 OK\r\n");
		const body = JSON.stringify(profile({ dm_name: "m" }));
		const post = `POST /${m} HTTP/1.1\r\nContent-Length: ${body.length}\r\n\r\n${body} `;
		const bare = `GET /${m}/Dummy_Control HTTP/1.1\r\n\r\n`;
		const both = await old.raw([post, bare], 2);
		expect(both.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
	});

	test("vector 19: a browser may send the key", async () => {
		const { status, headers } = await old.send("OPTIONS", "/M/Dummy_Sensor", undefined, {
			"Access-Control-Request-Headers": "password-key",
		});
		expect(status).toBe(200);
		expect(headers.get("access-control-allow-headers")).toMatch(/password-key/i);
		expect(headers.get("access-control-allow-methods")).toMatch(/GET.*PUT/);
	});

	test("what is not offered, and wrong methods, are said in words", async () => {
		expect(await old.said("GET", "/list_all")).toContain("404 there is no such page here");
		expect(await old.said("GET", "/da/Bulb")).toStartWith("404 ");
		expect(await old.said("PATCH", "/M", {})).toBe("405 unknown method PATCH: use POST or DELETE");
	});
});

describe("v1-http.md §7 pages of other origins while logins are off", () => {
	const EVIL = { origin: "http://evil.example" };

	test("register, and use what they registered by its key, and nothing else", async () => {
		const [theirs, ours] = [mac(), mac()];
		await old.register(ours, FEATURES);
		const sent = profile({ dm_name: "m" });
		const { status, text, headers } = await old.send("POST", `/${theirs}`, sent, EVIL);
		expect([status, headers.get("access-control-allow-origin")]).toEqual([200, "*"]);
		const key = { ...EVIL, "password-key": String(JSON.parse(text).password) };
		const data = { data: [1] };
		for (const m of [theirs, ours]) {
			expect(await old.said("PUT", `/${m}/Dummy_Sensor`, data, EVIL)).toStartWith(
				"403 while logins",
			);
			expect(await old.said("GET", `/${m}/Dummy_Sensor`, undefined, EVIL)).toStartWith("403 ");
			expect(await old.said("DELETE", `/${m}`, undefined, EVIL)).toStartWith("403 ");
		}
		expect(await old.said("POST", `/${ours}`, sent, EVIL)).toStartWith("403 ");
		expect(await old.said("GET", "/tree", undefined, EVIL)).toStartWith("403 ");
		expect(await old.said("PUT", `/${ours}/Dummy_Sensor`, data, key)).toBe(
			"401 password-key error",
		);
		expect(await old.said("PUT", `/${theirs}/Dummy_Sensor`, data, key)).toBe("200 ");
		expect(await old.said("DELETE", `/${theirs}`, undefined, key)).toBe("200 ");
	});

	test("do not read by a name that leads to this server", async () => {
		const m = mac();
		await old.register(m, FEATURES);
		for (const path of [
			"/tree",
			`/${m}/Dummy_Control`,
			`/set_alias/${m}/Dummy_Control/alias?name=x`,
		]) {
			const get = `GET ${path} HTTP/1.1\r\nHost: evil.example\r\n\r\n`;
			const answer = await old.raw([get], 1);
			expect(answer).toStartWith("HTTP/1.1 403 ");
			expect(answer).toContain("allowed-origins");
		}
	});
});

// Another broker's logins are its own matter.
testEmbedded(
	"v1-http.md §8 vectors 20 and 23: with logins on a token registers, its key or it uses",
	async () => {
		const { target, old } = await startOld({ core: { auth: "on" } });
		addAdmin(target);
		const [token, other] = [makeToken(target, "own"), makeToken(target, "other")];
		const m = mac();
		const sent = profile({ dm_name: "m" });
		const data = { data: [1] };
		const path = `/${m}/Dummy_Sensor`;
		expect(await old.said("POST", `/${m}`, sent)).toStartWith("401 a registration token is needed");
		expect(await old.said("POST", `/token/nonsense/${m}`, sent)).toStartWith("401 ");
		const { status, text } = await old.send("POST", `/token/${token}/${m}`, sent);
		expect(status).toBe(200);
		const { password } = JSON.parse(text);
		const key = { "password-key": String(password) };
		expect(await old.said("PUT", path, data)).toBe("401 password-key should be in header");
		expect(await old.said("PUT", path, data, { "password-key": "x" })).toBe(
			"401 password-key error",
		);
		expect(await old.said("PUT", path, data, key)).toBe("200 ");
		const asBasic = { authorization: basic("password-key", String(password)) };
		expect(await old.said("PUT", path, data, asBasic)).toBe("200 ");
		expect(await old.said("PUT", `/token/${token}${path}`, data)).toBe("200 ");
		expect(await old.said("PUT", `/token/${other}${path}`, data)).toBe("401 password-key error");
		expect(await old.said("POST", `/token/${other}/${m}`, sent)).toStartWith("403 ");
		expect(await old.said("GET", "/tree")).toBe("401 password-key should be in header");
		const tree = async (shown: string) =>
			JSON.parse((await old.send("GET", `/token/${shown}/tree`)).text);
		expect([Object.keys(await tree(token)), await tree(other)]).toEqual([[m], {}]);
		expect(await old.said("DELETE", `/${m}`)).toBe("401 password-key should be in header");

		const early = { data: ["SET_DF_STATUS_RSP", { cmd_params: [] }] };
		expect(await old.said("PUT", `/${m}/__Ctl_I__`, early, key)).toBe("200 ");
		await link(target, idOf(m));
		await old.shows(m, "__Ctl_O__", FLAGS("01"), key);
		// Of the compiled binary a power cut; in this process it can only be stopped.
		target.process?.kill("SIGKILL");
		const again = await target.restart();
		// Vector 23: it goes on with the old key, without registering again.
		await old.shows(m, "__Ctl_O__", FLAGS("01"), key);
		expect(await old.said("GET", `/${m}/Dummy_Control`, undefined, key)).toBe(
			'200 {"samples":[]}\n',
		);
		expect(await old.said("DELETE", `/${m}`, undefined, key)).toBe("200 ");
		await again.dispose();
	},
);

test("v1-http.md §7 with logins on a named network needs neither token nor key", async () => {
	const { target, old } = await startOld({
		core: { auth: "on" },
		v1: { "open-networks": "127.0.0.0/8" },
	});
	addAdmin(target);
	const token = makeToken(target, "own");
	const [m, registered] = [mac(), mac()];
	await old.register(m, FEATURES);
	expect(await old.said("PUT", `/${m}/Dummy_Sensor`, { data: [1] })).toBe("200 ");
	const sent = profile({ dm_name: "m" });
	await old.send("POST", `/token/${token}/${registered}`, sent);
	expect(await old.said("GET", `/${registered}/Dummy_Control`)).toStartWith("401 ");
	expect(await old.said("POST", `/${registered}`, sent)).toStartWith("401 ");
	expect(Object.keys(JSON.parse((await old.send("GET", "/tree")).text))).toEqual([m]);
	await target.dispose();
});

test("v1-http.md §8 vectors 21 and 23: presence is announced; links are told after a restart", async () => {
	const { target, old } = await startOld({ v1: { "offline-after": 2 } });
	const listen = async (mqtt: TestClient, news: Inbox<string>) => {
		mqtt.raw.on("message", (_topic, payload) => {
			const { op, type, da } = JSON.parse(payload.toString());
			if (op === "anno" && JSON.stringify(da).includes(idOf("M"))) news.add(String(type));
		});
		await mqtt.subscribe("iottalk/api/res/gui/device");
		await mqtt.publish("iottalk/api/req/gui/device", { op: "attach" });
		await mqtt.next("iottalk/api/res/gui/device");
	};
	const client = await TestClient.connect(target.mqtt);
	const news = new Inbox<string>();
	await listen(client, news);
	const next = () => news.take("an announcement", () => true);
	await old.register("M", FEATURES);
	expect([await next(), await next(), await next()]).toEqual(["register", "online", "offline"]);
	await old.samples("M", "Dummy_Control");
	expect(await next()).toBe("online");
	const graph = await TestGraph.open(client);
	await graph.ok({ op: "attach" });
	await graph.ok({ op: "add_link", da_id: idOf("M"), odf: "Dummy_Control" });
	await old.shows("M", "__Ctl_O__", FLAGS("01"));
	await client.end();
	const again = await target.restart();
	await old.shows("M", "__Ctl_O__", FLAGS("01"));
	const second = await TestClient.connect(again.mqtt);
	const later = new Inbox<string>();
	await listen(second, later);
	expect((await old.send("DELETE", "/M")).status).toBe(200);
	const isLast = (type: string) => type === "deregister";
	expect(await later.take("its end", isLast)).toBe("deregister");
	expect(await old.said("GET", "/M/Dummy_Control")).toBe("400 mac_addr not found: M");
	await second.end();
	await again.dispose();
});
