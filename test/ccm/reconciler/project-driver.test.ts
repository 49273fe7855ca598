// From REST v0 to data: what a client of the original's kind does, at a real CSM.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { ProjectDriver } from "../../../src/ccm/reconciler/project-driver.ts";
import type { CcmStore, CcmTables } from "../../../src/ccm/store/port.ts";
import { StorageError } from "../../../src/kit/errors.ts";
import { createLogger } from "../../../src/kit/log.ts";
import { TestDevice } from "../../support/gateway.ts";
import { quietLog } from "../../support/log.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { startTarget, type Target } from "../../support/target.ts";
import { until } from "../../support/waiting.ts";
import { startCcm } from "../support/ccm-life.ts";
import { Office, TEACHER } from "../support/office.ts";
import { Rig } from "../support/rig.ts";
import { furnish } from "../support/workshop.ts";

describe("a client of REST v0", () => {
	let target: Target;
	beforeAll(async () => {
		target = await startTarget();
	});
	afterAll(() => target.dispose());

	test("makes a project, binds devices, and sees data; a function's edit reaches the running link", async () => {
		const office = await Office.open();
		const client = randomUUID();
		const ccm = await startCcm(target.mqtt, office, client);
		const ask: Ask = (method, path, body) => office.ok(TEACHER, method, path, body);

		const { p_id } = await ask("PUT", "/project/", { p_name: "Class lamp" });
		const sensor = await addBlock(ask, p_id, "Dummy_Device", ["DummySensor-I"]);
		const lamp = await addBlock(ask, p_id, "Lamp", ["Luminance-O"]);

		const profile = (name: string) => ({ profile: { model: name, u_name: TEACHER.u_name } });
		const one = await TestDevice.register(target, {
			...{ name: "one", idf_list: [["DummySensor-I", [null]]], odf_list: null },
			...profile("Dummy_Device"),
		});
		const two = await TestDevice.register(target, {
			...{ name: "two", odf_list: [["Luminance-O", [null]]], idf_list: null },
			...profile("Lamp"),
		});
		await one.say("online");
		await two.say("online");
		for (const [path, device] of [
			[sensor, one],
			[lamp, two],
		] as const) {
			await until(async () => {
				const { data } = await ask("GET", `${path}/device/`);
				return (data as { mac_addr: string }[]).some(({ mac_addr }) => mac_addr === device.id);
			}, "the device to be a candidate");
			await ask("POST", `${path}/device/bind/${device.id}/`);
		}

		const code = "def run(x):\n    return x * 10\n";
		const fn_id = await joinWith(ask, p_id, code);
		await ccm.settle();
		expect(ccm.rig.takeOps()).toEqual({});

		await ask("POST", `/project/${p_id}`, { status: "on" });
		const from = await one.signal();
		const to = await two.signal();
		await ccm.settle();
		await two.client.subscribe(String(to.topic));
		const send = async (value: number) => {
			await one.client.publish(String(from.topic), [value]);
			return (await two.client.next(String(to.topic))).text;
		};
		expect(await send(4)).toBe("[40]");

		await ask("POST", `/function/${fn_id}`, { code: code.replace("10", "100") });
		await ccm.settle();
		expect(await send(4)).toBe("[400]");

		await ask("POST", `/project/${p_id}`, { status: "off" });
		expect((await one.signal()).command).toBe("DISCONNECT");
		await ccm.settle();
		await until(async () => (await graphsOf(office)) === 0, "the graph to be forgotten");
		await ccm.kill();
	});

	test("finds everything as it was after CCM was away, and what was deleted meanwhile gone", async () => {
		const office = await Office.open();
		const client = randomUUID();
		const first = await startCcm(target.mqtt, office, client);
		const device = await TestDevice.register(target, { profile: { model: "Dummy_Device" } });
		const { p_id } = await office.ok(TEACHER, "PUT", "/project/", { p_name: "plan" });
		const { data } = await office.ok(TEACHER, "GET", "/devicemodel/Dummy_Device");
		const { dm_id, df_list } = data as Model;
		const object = { dm_id, df: df_list.map(({ df_id }) => df_id) };
		const { do_id } = await office.ok(TEACHER, "PUT", `/project/${p_id}/deviceobject`, object);
		const at = `/project/${p_id}/deviceobject/${do_id}/device`;
		await until(async () => {
			const list = (await office.ok(TEACHER, "GET", at)).data;
			return JSON.stringify(list).includes(device.id);
		}, "the device");
		await office.ok(TEACHER, "POST", `${at}/bind/${device.id}`);
		const project = await office.store.read(({ projects }) => projects.get(Number(p_id)));
		const dfo_ids = project?.blocks[0]?.ports.map(({ dfo_id }) => dfo_id);
		const join = (na_idx: number) =>
			office.ok(TEACHER, "PUT", `/project/${p_id}/na`, { na_name: "J", na_idx, dfo_ids });
		await join(0);
		const { na_id } = await join(1);
		await office.ok(TEACHER, "POST", `/project/${p_id}`, { status: "on" });
		await first.settle();
		await first.kill();

		await office.ok(TEACHER, "DELETE", `/project/${p_id}/na/${na_id}`);
		const second = await startCcm(target.mqtt, office, client);
		await second.settle();
		expect(second.rig.takeOps()).toEqual({ detach: 1 });
		await until(async () => (await graphsOf(office)) === 1, "one graph to be left");
		await second.kill();
	});
});

/** A store that can be broken. */
class FragileStore implements CcmStore {
	readonly #store: CcmStore;
	broken: "nothing" | "writes" | "all" = "nothing";
	attempts = 0;

	constructor(store: CcmStore) {
		this.#store = store;
	}

	async read<T>(work: (tables: CcmTables) => Promise<T>): Promise<T> {
		if (this.broken === "all") throw new StorageError("the disk is gone");
		return this.#store.read(work);
	}

	async write<T>(work: (tables: CcmTables) => Promise<T>): Promise<T> {
		this.attempts += 1;
		if (this.broken !== "nothing") throw new StorageError("the disk is full");
		return this.#store.write(work);
	}
}

describe("a driver whose store fails", () => {
	async function open() {
		const office = await Office.open();
		const at = await furnish(office);
		const rig = new Rig();
		const { reconciler } = rig;
		const store = new FragileStore(office.store);
		const clock = new ManualClock();
		const lines: string[] = [];
		const log = createLogger({
			...{ level: "debug", format: "json", write: (line: string) => void lines.push(line) },
		});
		const driver = new ProjectDriver({ store, reconciler, clock, log });
		const kept = async () =>
			(await office.store.read(({ graphs }) => graphs.list())).map(({ graph }) => Number(graph));
		return { office, at, rig, reconciler, store, clock, lines, driver, kept };
	}

	test.each(["writes", "all"] as const)(
		"tells CSM by itself once it can, after growing pauses (%s)",
		async (broken) => {
			const { office, at, reconciler, store, clock, lines, driver, kept } = await open();
			store.broken = broken;
			await office.ok(TEACHER, "POST", `/project/${at.p}`, { status: "on" });
			driver.changed(at.p);
			await driver.idle();
			expect([reconciler.states(at.p), await kept()]).toEqual([[], []]);
			for (const pause of [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]) {
				clock.move(pause - 1);
				await driver.idle();
				expect(clock.planned).toBe(1);
				clock.move(1);
				await driver.idle();
			}
			expect(lines.filter((line) => line.includes('"error"'))).toHaveLength(1);
			store.broken = "nothing";
			clock.move(30_000);
			await driver.idle();
			expect(reconciler.states(at.p)).toHaveLength(2);
			expect(await kept()).toEqual([at.fooJoin, at.barJoin]);
			expect(clock.planned).toBe(0);
			reconciler.stop();
		},
	);

	test("tries a change of many projects in one go, and forgets them when it stops", async () => {
		const { at, reconciler, store, clock, driver } = await open();
		store.broken = "all";
		for (const pId of [at.p, at.p + 1, at.p + 2, at.p]) driver.changed(pId);
		await driver.idle();
		expect(clock.planned).toBe(1);
		await driver.stop();
		store.broken = "nothing";
		clock.move(60_000);
		driver.changed(at.p);
		await driver.idle();
		expect([clock.planned, reconciler.states(at.p)]).toEqual([0, []]);
		reconciler.stop();
	});

	test("at its start, several times, forgets a graph that is gone once", async () => {
		const { office, at, rig, reconciler, store, driver, kept } = await open();
		store.broken = "all";
		for (let n = 0; n < 3; n++) await expect(driver.start()).rejects.toThrow("the disk is gone");
		store.broken = "nothing";
		await office.ok(TEACHER, "POST", `/project/${at.p}`, { status: "on" });
		await driver.start();
		rig.directory.attach();
		await rig.settle();
		expect(await kept()).toEqual([at.fooJoin, at.barJoin]);
		const { attempts } = store;
		await office.ok(TEACHER, "POST", `/project/${at.p}`, { status: "off" });
		driver.changed(at.p);
		await until(async () => (await kept()).length === 0, "the graphs to be gone");
		await driver.idle();
		expect(store.attempts - attempts).toBe(2);
		reconciler.stop();
	});

	test("writes nothing at its start for graphs that are kept already", async () => {
		const { office, at, reconciler, store, driver } = await open();
		await office.ok(TEACHER, "POST", `/project/${at.p}`, { status: "on" });
		await driver.start();
		expect(store.attempts).toBe(1);
		const { clock } = await open();
		const next = new ProjectDriver({ store, reconciler, clock, log: quietLog });
		await next.start();
		expect(store.attempts).toBe(1);
		reconciler.stop();
	});
});

interface Model {
	readonly dm_id: number;
	readonly df_list: readonly { readonly df_id: number; readonly df_name: string }[];
}

type Ask = (
	method: string,
	path: string,
	body?: Record<string, unknown>,
) => Promise<Record<string, unknown>>;

/** Puts a block of a model with some of its features into a project. @returns its path. */
async function addBlock(
	ask: Ask,
	p_id: unknown,
	model: string,
	features: readonly string[],
): Promise<string> {
	const { dm_id, df_list } = (await ask("GET", `/devicemodel/${model}`)).data as Model;
	const df = features.map((one) => df_list.find(({ df_name }) => df_name === one)?.df_id);
	const made = await ask("PUT", `/project/${p_id}/deviceobject/`, { dm_id, df });
	return `/project/${p_id}/deviceobject/${made.do_id}`;
}

/** Joins a project's first input with its first output. @returns the function on the input's wire. */
async function joinWith(ask: Ask, p_id: unknown, code: string): Promise<unknown> {
	const { data } = await ask("GET", `/project/${p_id}`);
	const { ido, odo } = data as Record<"ido" | "odo", { dfo: { dfo_id: number }[] }[]>;
	const ports = [ido[0]?.dfo[0]?.dfo_id, odo[0]?.dfo[0]?.dfo_id];
	const join = { na_name: "Join 1", na_idx: 0, dfo_ids: ports };
	const { na_id } = await ask("PUT", `/project/${p_id}/na`, join);
	const { fn_id } = await ask("PUT", "/function", { fn_name: "ten", code });
	const dfm_list = [{ dfo_id: ports[0], dfmp_list: [{ param_i: 0, fn_id }] }];
	await ask("POST", `/project/${p_id}/na/${na_id}`, { dfm_list });
	return fn_id;
}

/** How many graphs CSM may have. */
async function graphsOf({ store }: Office): Promise<number> {
	return (await store.read(({ graphs }) => graphs.list())).length;
}
