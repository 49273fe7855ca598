import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import type { LinkKey } from "../../../src/contract/mod.ts";
import { type DeviceHttp, startDeviceHttp } from "../../support/device-http.ts";
import { HttpDevice } from "../../support/http-device.ts";
import { TOKEN } from "../../support/http-server.ts";
import { basic } from "../../support/logins.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { until } from "../../support/waiting.ts";

const clock = new ManualClock();
let http: DeviceHttp;
beforeAll(async () => {
	http = await startDeviceHttp({ asksForLogins: false, brokerKnowsLogins: true, clock });
});
afterAll(() => http.stop());

const register = (changes = {}) => HttpDevice.register(http.url, { changes });

/** A feature of a device has a topic, as graphs give it one. */
async function link(daId: string, mode: LinkKey["mode"], feature: string) {
	const key = { daId, mode, feature };
	const topic = `iottalk/esm/${randomUUID()}`;
	await http.signals.attach(key, topic);
	await http.http.attach(key, topic);
	const unlink = async () => {
		await http.signals.detach(key);
		await http.http.detach(key);
	};
	return { topic, unlink };
}

async function heard(topic: string): Promise<string[]> {
	const texts: string[] = [];
	await http.broker.subscribe(topic, ({ payload }) => {
		texts.push(Buffer.from(payload).toString());
	});
	return texts;
}

describe("§3.4 a registration with http", () => {
	test("is answered with where to send and receive, and a password also while logins are off", async () => {
		const device = await register();
		expect(device.up).toBe(`${http.url}/da/${device.id}/up`);
		expect(device.down).toBe(`${http.url}/da/${device.id}/down`);
		expect(device.password).toHaveLength(32);
	});

	test("keeps the host, the prefix and the token's path out of the addresses as the caller wrote them", async () => {
		const base = `${http.url.replace("127.0.0.1", "localhost")}/csm/token/${TOKEN}`;
		const device = await HttpDevice.register(base);
		expect(device.up).toBe(`${http.url.replace("127.0.0.1", "localhost")}/csm/da/${device.id}/up`);
		expect((await device.send([["Color-I1", 1]])).status).toBe(200);
	});

	test("has the broker's address as well where the device also speaks MQTT, in any case of letters", async () => {
		const { json } = await http.send("PUT", `/${randomUUID()}`, {
			body: { accept_protos: ["MQTT", "Http"], profile: { model: "m" } },
		});
		expect(Object.keys(json)).toEqual(expect.arrayContaining(["url", "ctrl_chans", "up", "down"]));
		const plain = await register();
		expect(http.devices.get(plain.id)?.acceptProtos).toEqual(["http"]);
	});
});

describe("§3.4 up", () => {
	test("passes values on as they were written, the newest of each feature", async () => {
		const device = await register();
		const { topic } = await link(device.id, "idf", "Color-I1");
		const texts = await heard(topic);
		expect((await device.send('["Color-I1",[1]]\n["Color-I1",[255.0,0,64]]\n')).status).toBe(204);
		expect((await device.send('["Color-I1", 7]')).status).toBe(204);
		expect(texts).toEqual(["[255.0,0,64]", "7"]);
	});

	test("names what it leaves out, and passes on the rest", async () => {
		const device = await register({ idf_list: [["a"], ["b"], "c"] });
		const { topic, unlink } = await link(device.id, "idf", "b");
		const texts = await heard(topic);
		const lines = [
			["a", 1],
			["b", 2],
			["x", 3],
			["c", 4],
		] as const;
		const { status, json } = await device.send(lines);
		expect([status, json]).toEqual([
			200,
			{
				ignored: [
					["a", "not connected"],
					["x", "unknown feature"],
					["c", "not connected"],
				],
			},
		]);
		expect(texts).toEqual(["2"]);
		await unlink();
		expect((await device.send([["b", 5]])).json.ignored).toEqual([["b", "not connected"]]);
		expect(texts).toEqual(["2"]);
	});

	test("sends nothing of a body with a bad line, and names the line", async () => {
		const device = await register();
		const { topic } = await link(device.id, "idf", "Color-I1");
		const texts = await heard(topic);
		const { status, json } = await device.send('["Color-I1",1]\nnot JSON');
		expect([status, json.reason]).toEqual([400, expect.stringContaining("line 2 is not JSON")]);
		expect(texts).toEqual([]);
	});

	test("takes text of any declared type, and none that is not UTF-8, packed or too long", async () => {
		const device = await register();
		const sent = async (body: string | Uint8Array, headers = {}) => {
			clock.skip(1000);
			return (await device.send(body, headers)).status;
		};
		const bom = Buffer.from('\ufeff["Color-I1",1]');
		expect(await sent(bom, { "content-type": "application/x-www-form-urlencoded" })).toBe(200);
		expect(await sent(Buffer.from('["Color-I1",1]', "utf16le"))).toBe(400);
		expect(await sent(Buffer.from([0xff, 0xfe, 0xfd]))).toBe(400);
		expect(await sent('["Color-I1",1]', { "content-encoding": "gzip" })).toBe(415);
		expect(await sent(`["Color-I1","${"x".repeat(64 << 10)}"]`)).toBe(413);
		expect(await sent("")).toBe(204);
	});

	test("names a hundred features that it leaves out of thousands", async () => {
		const device = await register();
		const lines = Array.from({ length: 5000 }, (_, n) => [`f${n}`, 1]);
		const { status, json } = await device.send(lines);
		expect([status, Array.isArray(json.ignored) && json.ignored.length]).toEqual([200, 100]);
	});

	test("sends nothing where the device registered again before all of it was there", async () => {
		const device = await register();
		const { topic } = await link(device.id, "idf", "Color-I1");
		const texts = await heard(topic);
		const again: HttpDevice[] = [];
		const body = new ReadableStream<Uint8Array>({
			start: async (stream) => {
				stream.enqueue(new Uint8Array(Buffer.from('["Color-I1",')));
				again.push(await HttpDevice.register(http.url, { id: device.id }));
				stream.enqueue(new Uint8Array(Buffer.from("1]")));
				stream.close();
			},
		});
		const response = await fetch(device.up, { method: "POST", headers: device.login, body });
		expect([401, 404]).toContain(response.status);
		expect((await again[0]?.send([["Color-I1", 2]]))?.status).toBe(204);
		await until(() => texts.length > 0, "a value");
		expect(texts).toEqual(["2"]);
	});

	test("has a limit of 20 at once and each second, said in the log once a minute", async () => {
		const device = await register();
		const count = async (times: number) => {
			const answers = await Promise.all(Array.from({ length: times }, () => device.send("")));
			return answers.filter(({ status }) => status === 204).length;
		};
		const said = () => http.deviceLog().split("exceeds the rate limit").length - 1;
		const before = said();
		expect(await count(30)).toBe(20);
		clock.skip(500);
		expect(await count(30)).toBe(10);
		expect(said() - before).toBe(1);
		const refused = await device.send("");
		expect(refused.status).toBe(429);
		expect(refused.headers.get("retry-after")).toBe("1");
		expect(refused.json.reason).toContain("at most 20 a second");
		expect((await device.poll()).status).toBe(200);
		clock.skip(60_000);
		expect(await count(30)).toBe(20);
		expect(said() - before).toBe(2);
	});
});

describe("§3.4 down by asking", () => {
	test("has the registration, what is connected, and the newest values since the last time", async () => {
		const device = await register();
		const { rev, name } = device;
		const { topic } = await link(device.id, "odf", "Color-O");
		await link(device.id, "idf", "Color-I1");
		const first = (await device.poll()).json;
		expect(first).toMatchObject({ rev, name, connected: ["Color-I1", "Color-O"], data: {} });
		await http.broker.publishData(topic, "[1]", 2);
		await http.broker.publishData(topic, "[2.0]", 2);
		const { json, text } = await device.poll(`?after=${first.next}`);
		expect(text).toContain('"data":{"Color-O":[2.0]}');
		expect(json.next).toBe(Number(first.next) + 2);
		expect((await device.poll(`?after=${json.next}`)).json.data).toEqual({});
		expect((await device.poll("?after=0")).json.data).toEqual({ "Color-O": [2] });
	});

	test("waits for a value, for a link, and no longer than it was told", async () => {
		const device = await register();
		const { json } = await device.poll();
		const waiting = device.poll(`?after=${json.next}&wait=25`);
		const { topic } = await link(device.id, "odf", "Color-O");
		expect((await waiting).json.connected).toEqual(["Color-O"]);
		const known = (await waiting).json.next;
		const again = device.poll(`?after=${known}&wait=25`);
		await http.broker.publishData(topic, "[3]", 2);
		expect((await again).json.data).toEqual({ "Color-O": [3] });
		const { json: last } = await device.poll(`?after=${Number(known) + 1}&wait=1`);
		expect(last.data).toEqual({});
	});

	test("is told that the device is gone", async () => {
		const device = await register();
		const { json } = await device.poll();
		const before = http.http.counts.get("poll") ?? 0;
		const waiting = device.poll(`?after=${json.next}&wait=25`);
		await until(() => (http.http.counts.get("poll") ?? 0) > before, "the request");
		expect(await device.deregister(http.url)).toBe(200);
		const { status, json: said } = await waiting;
		expect([status, said.reason]).toEqual([404, expect.stringContaining("register")]);
	});

	test("is told so where the device registered again while it waited, and nothing of that", async () => {
		const device = await register();
		const { json } = await device.poll();
		const before = http.http.counts.get("poll") ?? 0;
		const waiting = device.poll(`?after=${json.next}&wait=25`);
		await until(() => (http.http.counts.get("poll") ?? 0) > before, "the request");
		const again = await HttpDevice.register(http.url, { id: device.id });
		const { status, text } = await waiting;
		expect(status).toBe(404);
		expect(text).not.toContain(again.rev);
	});

	test("has no values that were not JSON", async () => {
		const device = await register();
		const { topic } = await link(device.id, "odf", "Color-O");
		await http.broker.publish(topic, "no\n\nJSON", { qos: 0 });
		expect((await device.poll()).json.data).toEqual({});
	});

	test.each(["?after=x", "?after=-1", "?after=1.5", "?wait=26", "?wait=x"])(
		"refuses %s in words",
		async (query) => {
			const device = await register();
			const { status, json } = await device.poll(query);
			expect([status, json.state]).toEqual([400, "error"]);
			expect(json.reason).toMatch(/^(after|wait) should be /);
		},
	);
});

describe("§3.4 down as a stream", () => {
	test("begins with the state, and tells of links and values", async () => {
		const device = await register();
		const stream = await device.listen();
		expect(stream.response.headers.get("access-control-allow-origin")).toBe("*");
		const { rev, name } = device;
		expect(await stream.next("state")).toEqual({ rev, name, connected: [] });
		const { topic, unlink } = await link(device.id, "odf", "Color-O");
		expect(await stream.next("connect")).toBe("Color-O");
		await http.broker.publishData(topic, "[1,\n2]", 2);
		await http.broker.publish(topic, "no JSON", { qos: 0 });
		await http.broker.publishData(topic, "[3]", 2);
		expect(await stream.next("data")).toEqual(["Color-O", [1, 2]]);
		expect(await stream.next("data")).toEqual(["Color-O", [3]]);
		await unlink();
		expect(await stream.next("disconnect")).toBe("Color-O");
		stream.leave();
	});

	test("tells that the device was deregistered, and ends", async () => {
		const device = await register();
		const stream = await device.listen();
		await stream.next("state");
		expect(await device.deregister(http.url)).toBe(200);
		expect(await stream.next("removed")).toBe(device.id);
		await stream.end();
		expect((await device.send("")).status).toBe(404);
	});

	test("ends with the next registration, whose password is another one", async () => {
		const device = await register();
		const stream = await device.listen();
		await stream.next("state");
		const again = await HttpDevice.register(http.url, { id: device.id });
		await stream.end();
		expect(stream.inbox.waiting).toEqual([]);
		expect(again.password).not.toBe(device.password);
		expect((await device.send("")).status).toBe(401);
		expect((await again.send("")).status).toBe(204);
	});

	test("is there four times for a device; one more ends the oldest", async () => {
		const device = await register();
		const streams = [];
		for (let count = 0; count < 5; count++) {
			const stream = await device.listen();
			await stream.next("state");
			streams.push(stream);
		}
		await streams[0]?.end();
		await link(device.id, "odf", "Color-O");
		for (const stream of streams.slice(1)) {
			expect(await stream.next("connect")).toBe("Color-O");
			stream.leave();
		}
	});
});

describe("§3.4 presence", () => {
	test("is online while it listens, and offline when it no longer does", async () => {
		const device = await register();
		expect(http.stateOf(device.id)).toBe("offline");
		const stream = await device.listen();
		await stream.next("state");
		expect(http.stateOf(device.id)).toBe("online");
		stream.leave();
		await until(() => http.stateOf(device.id) === "offline", "the device to be offline");
	});

	test("is online for 30 s after it sent something", async () => {
		const device = await register();
		await device.send("");
		expect(http.stateOf(device.id)).toBe("online");
		clock.move(30_000);
		expect(http.stateOf(device.id)).toBe("offline");
	});
});

describe("§3.4 the password", () => {
	test("counts as Basic or as a cookie, and only for its own device", async () => {
		const [device, other] = [await register(), await register()];
		const status = async (headers: Record<string, string>) =>
			(await fetch(device.down, { headers })).status;
		expect(await status({})).toBe(401);
		expect(await status({ authorization: basic(device.id, other.password) })).toBe(401);
		expect(await status({ authorization: basic(other.id, device.password) })).toBe(401);
		expect(await status({ authorization: basic(device.id.toUpperCase(), device.password) })).toBe(
			200,
		);
		expect(await status({ cookie: `x=1; iottalk-da=${device.password}` })).toBe(200);
		expect(await status({ cookie: `iottalk-da=${other.password}` })).toBe(401);
	});

	test("is taken from pages of other origins as Basic alone", async () => {
		const device = await register();
		const origin = "http://evil.example";
		const cookie = { cookie: `iottalk-da=${device.password}`, origin };
		expect((await fetch(device.down, { headers: cookie })).status).toBe(401);
		const shown = await fetch(device.down, { headers: { ...device.login, origin } });
		expect(shown.status).toBe(200);
		expect(shown.headers.get("access-control-allow-origin")).toBe("*");
		const asked = await fetch(device.up, { method: "OPTIONS", headers: { origin } });
		expect([asked.status, asked.headers.get("access-control-allow-headers")]).toEqual([
			204,
			expect.stringContaining("Authorization"),
		]);
	});

	test("is that of a page's device, which the page registered while logins are off", async () => {
		const headers = { origin: "http://page.example" };
		const device = await HttpDevice.register(http.url, { headers });
		expect((await device.send("", headers)).status).toBe(204);
		expect((await device.poll("", headers)).status).toBe(200);
	});
});

test("a device that is not registered is told to register, and one without http what it lacks", async () => {
	const unknown = await fetch(`${http.url}/da/${randomUUID()}/down`);
	expect([unknown.status, await unknown.text()]).toEqual([
		404,
		expect.stringContaining("register"),
	]);
	const device = await register();
	await http.send("POST", `/${device.id}`, { body: { accept_protos: ["mqtt"] } });
	const { status, json } = await device.send("");
	expect([status, json.reason]).toEqual([403, expect.stringContaining('"http"')]);
	await http.send("POST", `/${device.id}`, { body: { accept_protos: ["http"] } });
	expect((await device.send("")).status).toBe(204);
});

test("other methods are refused with the one there is", async () => {
	const device = await register();
	const up = await fetch(device.up);
	expect([up.status, await up.text()]).toEqual([405, expect.stringContaining("use POST")]);
	const down = await fetch(device.down, { method: "DELETE" });
	expect([down.status, await down.text()]).toEqual([405, expect.stringContaining("use GET")]);
});

test("a stream that is not read is ended, and the others go on", async () => {
	const own = await startDeviceHttp({
		...{ asksForLogins: false, brokerKnowsLogins: true },
		maxUnreadBytes: 4096,
	});
	const device = await HttpDevice.register(own.url);
	const key = { daId: device.id, mode: "odf", feature: "Color-O" } as const;
	await own.http.attach(key, "iottalk/esm/slow");
	const socket = await Bun.connect({
		hostname: "127.0.0.1",
		port: Number(new URL(own.url).port),
		socket: { data: (one) => void one.pause() },
	});
	const { authorization } = device.login;
	const head = `GET /da/${device.id}/down HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream`;
	socket.write(`${head}\r\nAuthorization: ${authorization}\r\n\r\n`);
	await until(() => own.http.streams === 1, "the stream");
	const big = JSON.stringify(["x".repeat(100_000)]);
	await until(() => {
		void own.broker.publishData("iottalk/esm/slow", big, 2);
		return own.http.streams === 0;
	}, "the end of a stream that no one reads");
	socket.terminate();
	const stream = await device.listen();
	await stream.next("state");
	await own.broker.publishData("iottalk/esm/slow", "[1]", 2);
	expect(await stream.next("data")).toEqual(["Color-O", [1]]);
	stream.leave();
	await own.stop();
});

test("a server that stops ends streams, and says so to those that ask", async () => {
	const own = await startDeviceHttp({ asksForLogins: false, brokerKnowsLogins: true });
	const device = await HttpDevice.register(own.url);
	const stream = await device.listen();
	await stream.next("state");
	own.http.stop();
	await stream.end();
	expect((await device.send("")).status).toBe(503);
	await own.stop();
});

test("a device that another node of a cluster has by now is told to try again, and its stream ends", async () => {
	const ours = { isIn: true };
	const own = await startDeviceHttp({
		...{ asksForLogins: false, brokerKnowsLogins: true },
		isOurs: () => ours.isIn,
	});
	try {
		const device = await HttpDevice.register(own.url);
		const stream = await device.listen();
		await stream.next("state");
		const { next } = (await device.poll()).json;
		const waiting = device.poll(`?after=${next}&wait=25`);
		await until(() => own.http.counts.get("poll") === 2, "the device to wait");
		ours.isIn = false;
		await own.devices.drop((id) => id === device.id, true);
		own.http.leave(device.id);
		expect((await waiting).status).toBe(503);
		const sent = await device.send([["Color-I1", 1]]);
		expect([sent.status, sent.headers.has("x-iotctl-elsewhere")]).toEqual([503, true]);
		await stream.end();
		expect(stream.inbox.waiting).toEqual([]);
	} finally {
		await own.stop();
	}
});
