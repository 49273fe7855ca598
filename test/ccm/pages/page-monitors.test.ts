// What a page hears of a running graph, with logins off and on, and that it ends with the page.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { TestClient } from "../../support/mqtt.ts";
import { until } from "../../support/waiting.ts";
import { type Page, PageServer, type Visitor } from "../support/page-server.ts";

type Json = Record<string, unknown>;

const ADMIN = "boss";

/** Each server, and how someone gets an account there. */
const SERVERS: [string, string][] = [
	["off", ""],
	["on", "[core]\nauth = on\n[gui]\nregistration = open"],
];

describe.each(SERVERS)("with logins %s", (logins, more) => {
	let server: PageServer;
	let teacher: Visitor;
	let page: Page;
	beforeAll(async () => {
		server = await PageServer.start(more);
		teacher = await server.register(ADMIN);
		page = await teacher.open();
	});
	afterAll(() => server.stop());

	/** A project that runs: a sensor with a device, a lamp without one. */
	async function running() {
		const end = crypto.randomUUID().slice(0, 8);
		const feature = async (df_name: string, df_type: string) =>
			(await page.ok("create_device_feature", { df_name, df_type, df_parameter: [{}] })) as {
				df_id: number;
			};
		const { df_id } = await feature(`In${end}`, "input");
		const { df_id: other } = await feature(`Out${end}`, "output");
		const dm_name = `Model${end}`;
		const df_list = [{ df_id }, { df_id: other }];
		const { dm_id } = (await page.ok("create_device_model", { dm_name, df_list })) as Json;
		const { p_id } = (await page.ok("create_project", { p_name: end })) as { p_id: number };
		const df = [`In${end}`, `Out${end}`];
		const { do_id } = (await page.ok("create_device_object", { p_id, dm_id, df })) as Json;
		const info = (await page.ok("get_project_info", { p_id })) as Record<"ido" | "odo", Side[]>;
		const dfo_ids = [info.ido, info.odo].map(([side]) => side?.dfo[0]?.dfo_id);
		const { na_id } = (await page.ok("create_na", {
			...{ p_id, dfo_ids, na_name: "j", na_idx: 0 },
		})) as { na_id: number };
		const device = await server.device(teacher, `In${end}`, `Out${end}`, dm_name);
		const came = await page.announcement("offline", { id: device.mac });
		await page.ok("bind_device", { do_id, d_id: (came as Json).d_id });
		await page.ok("update_project", { p_id, status: "on" });
		return { p_id, na_id, device };
	}

	/** Asks until the graph is there. @returns its monitor topic. */
	async function monitor(own: Page, p_id: number, na_id: number): Promise<string> {
		let topic: unknown = "";
		await until(async () => {
			const sides = await own.ok("get_na_monitor", { na_id, p_id });
			expect(sides).toMatchObject({ input: [{}], output: [{}] });
			topic = await own.announcement("monitor_anno");
			return topic !== "";
		}, "a monitor topic");
		return String(topic);
	}

	test("a page hears its monitor topic, and the graph is watched until it leaves", async () => {
		const { p_id, na_id, device } = await running();
		const topic = await monitor(page, p_id, na_id);
		await page.client.subscribe(topic);
		await device.send([7]);
		const { text } = await page.client.next(topic);
		expect(JSON.parse(text)).toMatchObject({ op: "monitor_info" });

		const stranger = await (await server.register(`t${crypto.randomUUID().slice(0, 8)}`)).open();
		expect(await stranger.ask("get_na_monitor", { na_id, p_id })).toMatchObject({ state: "error" });
		if (logins === "on") {
			expect(await stranger.client.maySubscribe(topic)).toBe(false);
			expect(await stranger.client.maySubscribe("#")).toBe(false);
			expect(await stranger.client.maySubscribe(page.res)).toBe(false);
		}
		await stranger.client.end();

		const second = await teacher.open();
		expect(await monitor(second, p_id, na_id)).toBe(topic);
		page.client.vanish();
		// Someone is still looking.
		await second.client.subscribe(topic);
		await until(async () => {
			await device.send([8]);
			return second.client.inbox.waiting.some((message) => message.topic === topic);
		}, "values for the page that is left");
		expect(await server.isWatched(na_id)).toBe(true);
		await second.send({ op: "detach", data: { credential_id: second.id } });
		await until(async () => !(await server.isWatched(na_id)), "the end of the monitor");
		await second.client.end();
		await device.end();
		page = await teacher.open();
	});

	test("a person that may not look at the project any more loses the topic", async () => {
		const { p_id, na_id, device } = await running();
		const guest = await server.register(`g${crypto.randomUUID().slice(0, 8)}`);
		const { u_id } = await guest.ok("GET", "/account");
		await teacher.ok("POST", `/project/${p_id}/share`, { u_id, may: "look" });
		const own = await guest.open();
		const topic = await monitor(own, p_id, na_id);
		if (logins === "on") await own.client.subscribe(topic);
		await teacher.ok("POST", `/project/${p_id}/unshare`, { u_id });
		await until(async () => !(await server.isWatched(na_id)), "the end of the monitor");
		if (logins === "on") {
			// MQTT.js takes itself for subscribed.
			await own.client.unsubscribe(topic);
			expect(await own.client.maySubscribe(topic)).toBe(false);
		}
		await own.client.end();
		await device.end();
	});

	if (logins === "on") {
		test("a page logs in on MQTT with what it was given, until its session ends", async () => {
			const person = await server.register(`p${crypto.randomUUID().slice(0, 8)}`);
			const own = await person.open();
			const identity = await person.identity();
			expect(identity).toMatchObject({ username: identity.id, password: identity._id });
			await expect(TestClient.connect(server.mqtt)).rejects.toThrow();
			const { id: username } = identity;
			const wrong = { username, password: own.token ?? "" };
			await expect(TestClient.connect(server.mqtt, wrong)).rejects.toThrow();
			await person.ok("GET", "/account/logout");
			await until(() => !own.client.raw.connected, "the page's disconnection");
			const gone = { username, password: identity._id ?? "" };
			await expect(TestClient.connect(server.mqtt, gone)).rejects.toThrow();
		});
	}
});

interface Side {
	readonly dfo: readonly { readonly dfo_id: number }[];
}
