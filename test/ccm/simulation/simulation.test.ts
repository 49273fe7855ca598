// Simulated devices at a real CSM, with what drives its graphs beside them.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { DeviceRegister } from "../../../src/ccm/devices/device-register.ts";
import { Control } from "../../../src/ccm/reconciler/control.ts";
import { ProjectDriver } from "../../../src/ccm/reconciler/project-driver.ts";
import { Reconciler } from "../../../src/ccm/reconciler/reconciler.ts";
import {
	isSimulator,
	simulatorIds,
	withSimulators,
} from "../../../src/ccm/simulation/simulated-devices.ts";
import { Simulation } from "../../../src/ccm/simulation/simulation.ts";
import { draw, seededRandom } from "../../../src/ccm/simulation/values.ts";
import { DeviceDirectory, GraphClient, RegistrationClient } from "../../../src/csm-client/mod.ts";
import { systemClock } from "../../../src/kit/mod.ts";
import { connectTo } from "../../csm-client/support/connection.ts";
import { call, type Json, TestDevice } from "../../support/gateway.ts";
import { quietLog } from "../../support/log.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { startTarget, type Target } from "../../support/target.ts";
import { LONG_DEADLINE_MS, until } from "../../support/waiting.ts";
import { Office, TEACHER } from "../support/office.ts";

const SEED = 42;

let target: Target;
beforeAll(async () => {
	target = await startTarget();
});
afterAll(() => target.dispose());

/** A project manager without HTTP, from its start to its end. */
class Life {
	readonly simulation: Simulation;
	/** Ends as a server does that is told to. */
	readonly stop: () => Promise<void>;
	/** Nothing more leaves it, and nothing is tidied up. */
	readonly kill: () => Promise<void>;

	private constructor(simulation: Simulation, ends: Pick<Life, "stop" | "kill">) {
		this.simulation = simulation;
		this.stop = ends.stop;
		this.kill = ends.kill;
	}

	static async start(office: Office, secret: string, changes: { maxDevices?: number } = {}) {
		const broker = await connectTo(target.mqtt);
		const own = { clock: systemClock, log: quietLog };
		const at = { mqtt: broker, ...own };
		const name = randomUUID();
		const client = new GraphClient({ client: name, timeoutMs: 30_000 }, at);
		const directory = new DeviceDirectory({ client: name }, at);
		const idOf = simulatorIds(secret);
		const { store } = office;
		const reconciler = new Reconciler({
			...{ ...own, directory },
			ask: (graph, request) => client.request(graph, request),
		});
		const driver = new ProjectDriver({
			...{ ...own, store, reconciler },
			simulated: (project) => withSimulators(project, idOf),
		});
		let isCut = false;
		const base = () => (isCut ? "http://127.0.0.1:1" : target.http);
		const registry = new RegistrationClient({ base });
		const options = { maxDevices: 100, ...changes, seed: SEED, leavesAtEnd: true };
		const simulation = new Simulation(options, { ...at, store, idOf, registry });
		const onChanged = (pId: number) => {
			driver.changed(pId);
			simulation.changed(pId);
		};
		office.onChanged = onChanged;
		const register = new DeviceRegister({
			...{ ...own, store, onChanged },
			personNamed: async (who) => (who === TEACHER.u_name ? TEACHER.u_id : undefined),
			isSimulator: (device) => isSimulator(idOf, device),
		});
		const control = new Control({
			...{ ...own, register, reconciler, driver, simulation, directory, client },
		});
		await control.listen();
		control.begin();
		return new Life(simulation, {
			stop: async () => {
				office.onChanged = () => {};
				await control.stop();
				await broker.stop();
			},
			kill: async () => {
				office.onChanged = () => {};
				isCut = true;
				reconciler.stop();
				client.stop();
				await Promise.all([simulation.stop(), driver.stop(), register.stop(), broker.stop()]);
			},
		});
	}
}

interface Plan {
	readonly p_id: number;
	/** Blocks of the input and of the output. */
	readonly from: number;
	readonly to: number;
	readonly na_id: number;
}

/** A project with a sensor whose values a lamp gets; it simulates. */
async function planned(office: Office, p_name = "plan"): Promise<Plan> {
	const ok = (method: string, path: string, body?: Json) => office.ok(TEACHER, method, path, body);
	const p_id = Number((await ok("PUT", "/project", { p_name })).p_id);
	const add = async (model: string) => {
		const { data } = await ok("GET", `/devicemodel/${model}`);
		const { dm_id, df_list } = data as { dm_id: number; df_list: { df_id: number }[] };
		const df = df_list.map(({ df_id }) => df_id);
		return Number((await ok("PUT", `/project/${p_id}/deviceobject`, { dm_id, df })).do_id);
	};
	const from = await add("Dummy_Device");
	const to = await add("Lamp");
	const { data } = await ok("GET", `/project/${p_id}`);
	const { ido, odo } = data as Record<
		"ido" | "odo",
		{ do_id: number; dfo: { dfo_id: number }[] }[]
	>;
	const input = ido.find(({ do_id }) => do_id === from)?.dfo[0]?.dfo_id ?? 0;
	const lamp = odo.find(({ do_id }) => do_id === to)?.dfo as {
		dfo_id: number;
		alias_name: string;
	}[];
	const output = lamp.find(({ alias_name }) => alias_name === "Luminance-O")?.dfo_id ?? 0;
	const { na_id } = await ok("PUT", `/project/${p_id}/na`, {
		...{ na_name: "through", na_idx: 0, dfo_ids: [input, output] },
	});
	const dfmp_list = [{ param_i: 0, min: 10, max: 20 }];
	await ok("POST", `/project/${p_id}/na/${na_id}`, { dfm_list: [{ dfo_id: input, dfmp_list }] });
	await ok("POST", `/simulation/${p_id}`, { sim: "on" });
	await ok("POST", `/project/${p_id}`, { status: "on" });
	return { p_id, from, to, na_id: Number(na_id) };
}

async function registered(id: string): Promise<Json | undefined> {
	const { status, json } = await call(target, "GET", `/${id}`);
	return status === 200 ? json : undefined;
}

const comes = (id: string) =>
	until(async () => (await registered(id)) !== undefined, `${id} to register`, {
		ms: LONG_DEADLINE_MS,
	});
const goes = (id: string) =>
	until(async () => (await registered(id)) === undefined, `${id} to deregister`, {
		ms: LONG_DEADLINE_MS,
	});

/** A lamp that is bound to the output, and the topic of its values. */
async function lampFor(office: Office, { p_id, to }: Plan) {
	const changes = { idf_list: null, odf_list: [["Luminance-O", [null]]], name: randomUUID() };
	const lamp = await TestDevice.register(target, { ...changes, profile: { model: "Lamp" } });
	await lamp.say("online");
	const bind = `/project/${p_id}/deviceobject/${to}/device/bind/${lamp.id}`;
	await until(
		async () => (await office.rest(TEACHER, "POST", bind)).status === 200,
		"the lamp to be known",
	);
	const topic = String((await lamp.signal(true, LONG_DEADLINE_MS)).topic);
	await lamp.client.subscribe(topic);
	const next = async () => JSON.parse((await lamp.client.next(topic, LONG_DEADLINE_MS)).text);
	return { lamp, next, end: () => lamp.client.end() };
}

/** The office of a test, whose store outlives what runs over it, and the ids of its simulators. */
async function opened() {
	const office = await Office.open(true, async () => undefined);
	const secret = randomUUID();
	return { office, secret, idOf: simulatorIds(secret) };
}

test("leaves nothing behind when it is stopped while it starts", async () => {
	const { office, idOf } = await opened();
	const clock = new ManualClock();
	const mqtt = await connectTo(target.mqtt);
	const registry = new RegistrationClient({ base: () => target.http });
	const simulation = new Simulation(
		{ maxDevices: 100, seed: SEED, leavesAtEnd: true },
		{ mqtt, clock, log: quietLog, store: office.store, idOf, registry },
	);
	const started = simulation.start();
	await simulation.stop();
	await started;
	expect(clock.planned).toBe(0);
	await mqtt.stop();
});

describe("simulation at a real CSM", () => {
	test("gives unbound objects a device that sends the values of its seed each second", async () => {
		const { office, secret, idOf } = await opened();
		const life = await Life.start(office, secret);
		const plan = await planned(office);
		const id = idOf(plan.from);
		await Promise.all([comes(id), comes(idOf(plan.to))]);
		expect(await registered(id)).toMatchObject({
			name: `Sim-${id.slice(0, 8)}`,
			idf_list: [["DummySensor-I", [null]]],
			odf_list: [["DummyControl-O", [null]]],
			profile: { model: "Dummy_Device", is_sim: true, do_id: plan.from, u_name: "ann" },
		});
		await until(() => life.simulation.online === 2, "both to be online", { ms: LONG_DEADLINE_MS });
		const { next, end } = await lampFor(office, plan);
		await goes(idOf(plan.to));
		const random = seededRandom(SEED + Math.imul(plan.from, 0x01000193));
		const all = Array.from({ length: 600 }, () =>
			draw({ type: "float", min: 10, max: 20 }, random),
		);
		const first = (await next())[0];
		const at = all.indexOf(first);
		expect(at).toBeGreaterThanOrEqual(0);
		expect([(await next())[0], (await next())[0]]).toEqual(all.slice(at + 1, at + 3));
		await end();
		await life.stop();
		await goes(id);
	});

	test("makes room for a real device and comes back when that is unbound", async () => {
		const { office, secret, idOf } = await opened();
		const life = await Life.start(office, secret);
		const plan = await planned(office);
		await comes(idOf(plan.to));
		const { lamp, end } = await lampFor(office, plan);
		await goes(idOf(plan.to));
		await office.ok(TEACHER, "POST", `/project/${plan.p_id}/deviceobject/${plan.to}/device/unbind`);
		expect((await lamp.signal(true, LONG_DEADLINE_MS)).command).toBe("DISCONNECT");
		await comes(idOf(plan.to));
		const rows = () =>
			office.store.read(({ devices }) => devices.list({ mac_addr: idOf(plan.to) }));
		await until(async () => (await rows()).length === 1, "the register to know it");
		expect(await rows()).toMatchObject([{ is_sim: true, u_id: TEACHER.u_id }]);
		await end();
		await life.stop();
	});

	test("leaves a crowd seat by seat, and comes back to a seat that is left", async () => {
		const { office, secret, idOf } = await opened();
		const life = await Life.start(office, secret);
		const plan = await planned(office);
		const change = async (...changes: unknown[]) => {
			const base_rev = (await office.project(plan.p_id)).rev;
			const input = { p_id: plan.p_id, base_rev, changes };
			return office.service.call("change_project", TEACHER, input);
		};
		await change({ kind: "set_seats", do_id: plan.to, seats: 3 });
		const seats = [0, 1, 2].map((seat) => idOf(plan.to, seat));
		await Promise.all(seats.map(comes));
		expect(await registered(seats[2] ?? "")).toMatchObject({
			profile: { is_sim: true, do_id: plan.to, seat: 2 },
		});
		// It takes the first seat.
		const { lamp, next, end } = await lampFor(office, plan);
		await goes(seats[0] ?? "");
		expect((await next())[0]).toBeNumber();
		expect(life.simulation.online).toBe(3);
		const bindings = async () => {
			const { blocks } = await office.project(plan.p_id);
			return blocks.find(({ do_id }) => do_id === plan.to)?.bindings;
		};
		expect(await bindings()).toEqual([{ seat: 0, mac_addr: lamp.id }]);
		await change({ kind: "unbind", do_id: plan.to });
		await comes(seats[0] ?? "");
		await change({ kind: "set_seats", do_id: plan.to, seats: null });
		await Promise.all(seats.slice(1).map(goes));
		expect(await registered(seats[0] ?? "")).toMatchObject({ profile: { do_id: plan.to } });
		await end();
		await life.stop();
	});

	test("ends with simulation, project or object off, and with the limit", async () => {
		const { office, secret, idOf } = await opened();
		const life = await Life.start(office, secret, { maxDevices: 3 });
		const first = await planned(office, "first");
		const second = await planned(office, "second");
		const third = idOf(second.from);
		await Promise.all([comes(idOf(first.to)), comes(third)]);
		expect(await registered(idOf(second.to))).toBeUndefined();
		await office.ok(TEACHER, "POST", `/simulation/${first.p_id}`, { sim: "off" });
		await Promise.all([goes(idOf(first.from)), goes(idOf(first.to)), comes(idOf(second.to))]);
		await office.ok(TEACHER, "POST", `/project/${second.p_id}`, { status: "off" });
		await Promise.all([goes(third), goes(idOf(second.to))]);
		await office.ok(TEACHER, "POST", `/project/${second.p_id}`, { status: "on" });
		await comes(third);
		await office.ok(TEACHER, "DELETE", `/project/${second.p_id}`);
		await Promise.all([goes(third), goes(idOf(second.to))]);
		expect(life.simulation.online).toBe(0);
		await life.stop();
	});

	test("comes back after a kill, under the same ids, and removes what is not wanted any more", async () => {
		const { office, secret, idOf } = await opened();
		const life = await Life.start(office, secret);
		const stays = await planned(office, "stays");
		const leaves = await planned(office, "leaves");
		const ids = [stays.from, stays.to, leaves.from, leaves.to].map((id) => idOf(id));
		await Promise.all(ids.map(comes));
		await until(() => life.simulation.online === 4, "all to be online", { ms: LONG_DEADLINE_MS });
		await life.kill();
		const before = (await registered(idOf(stays.from)))?.rev;
		if (before === undefined) throw new Error("it should have stayed");
		await office.ok(TEACHER, "DELETE", `/project/${leaves.p_id}`);
		const again = await Life.start(office, secret);
		await Promise.all([goes(idOf(leaves.from)), goes(idOf(leaves.to))]);
		await until(() => again.simulation.online === 2, "the others to be online", {
			ms: LONG_DEADLINE_MS,
		});
		expect((await registered(idOf(stays.from)))?.rev).not.toBe(before);
		await again.stop();
	});

	test("comes back when another client deregisters it or takes its id, and when CSM restarts", async () => {
		const { office, secret, idOf } = await opened();
		const life = await Life.start(office, secret);
		const plan = await planned(office);
		const id = idOf(plan.from);
		const isBack = () =>
			until(() => life.simulation.online === 2, "all to be online", { ms: LONG_DEADLINE_MS });
		await isBack();
		const rev = (await registered(id))?.rev;
		await call(target, "DELETE", `/${id}`, { rev });
		await until(() => life.simulation.online < 2, "it to be missed");
		await isBack();
		await TestDevice.register(target, { profile: { model: "Lamp" } }, id).then(({ client }) =>
			client.end(),
		);
		await until(() => life.simulation.online < 2, "the other to be noticed");
		await isBack();
		expect((await registered(id))?.profile).toMatchObject({ is_sim: true });
		target = await target.restart();
		const { next, end } = await lampFor(office, plan);
		expect((await next())[0]).toBeNumber();
		await end();
		await life.stop();
	});
});
