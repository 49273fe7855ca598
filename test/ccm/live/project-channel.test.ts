// Values, failures and time: a clock that the test moves.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { LiveProjects } from "../../../src/ccm/live/live-projects.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { until } from "../../support/waiting.ts";
import { EventReader } from "../support/event-reader.ts";
import { Office, TEACHER } from "../support/office.ts";
import { SaidByCsm } from "../support/quiet-live.ts";
import { DEVICE, furnish, type Workshop } from "../support/workshop.ts";

let clock: ManualClock;
let office: Office;
let at: Workshop;
let csm: SaidByCsm;
let live: LiveProjects;
beforeEach(async () => {
	clock = new ManualClock();
	office = await Office.open(false);
	at = await furnish(office);
	csm = new SaidByCsm();
	live = csm.live(office.store, clock);
	live.start();
	office.onNews = (news) => live.take(news);
	office.onChanged = (pId) => live.changed(pId);
	await change(
		{ kind: "remove_join", na_id: at.barJoin },
		{ kind: "bind", do_id: at.fooObject, mac_addr: DEVICE },
		{ kind: "set_status", status: "on" },
	);
});
afterEach(async () => {
	const stopping = live.stop();
	clock.move(1000);
	await stopping;
});

const change = (...changes: object[]) =>
	office.service.call("change_project", TEACHER, { p_id: at.p, base_rev: 0, changes });

async function look(): Promise<EventReader> {
	const opened = await live.open(TEACHER, at.p, () => true);
	if (!(opened instanceof Response)) throw new Error("there is no room");
	const reader = new EventReader(opened);
	await reader.next("project");
	return reader;
}

const graph = () => String(at.fooJoin);
const isHeard = () => until(() => csm.heard.size === 1, "the graph to be watched");
const record = (value: number) => ({
	op: "monitor_info",
	data: {
		idf: { id: [DEVICE, "foo"], input: [value], output: [value] },
		join: { input: [[value]], output: value + 1 },
		odf: [{ id: [DEVICE, "bar"], output: [value + 1] }],
	},
});
const ops = () => csm.asked.map(({ request: { op } }) => op);

describe("values of a project", () => {
	test("come ten times a second at most, the newest of each wire; a newcomer gets the last", async () => {
		const reader = await look();
		await isHeard();
		expect(csm.asked[0]?.request).toEqual({ op: "start_monitor", interval_ms: 100 });
		for (let value = 1; value <= 50; value++) csm.publish(graph(), record(value));
		clock.move(100);
		const values = await reader.next("values");
		const wires = [
			{ na_id: at.fooJoin, dfo_id: at.input, value: "[50]", input: "[50]" },
			{ na_id: at.fooJoin, dfo_id: null, value: "51" },
			{ na_id: at.fooJoin, dfo_id: at.output, value: "[51]" },
		];
		expect(values).toEqual(wires);
		clock.move(900);
		expect(reader.all.filter(({ name }) => name === "values")).toHaveLength(1);
		const opened = await live.open(TEACHER, at.p, () => true);
		const late = new EventReader(opened as Response);
		const aged = wires.map((wire) => ({ ...wire, age_ms: 1000 }));
		expect((await late.next("project")).values).toEqual(aged);
	});

	test("of a join that is gone are forgotten", async () => {
		await look();
		await isHeard();
		csm.publish(graph(), record(1));
		await change({ kind: "remove_join", na_id: at.fooJoin });
		const opened = await live.open(TEACHER, at.p, () => true);
		expect((await new EventReader(opened as Response).next("project")).values).toEqual([]);
	});

	test("failures are told, five a second", async () => {
		const reader = await look();
		await isHeard();
		const fail = (n: number) =>
			csm.publish(graph(), {
				op: "esm_error",
				data: { msg: `idf function failure:\nNameError ${n}`, src: "" },
			});
		for (let n = 1; n <= 20; n++) fail(n);
		clock.move(100);
		const errors = await reader.next("errors");
		expect(errors.map(({ reason }) => reason)).toEqual(
			[1, 2, 3, 4, 5].map((n) => `NameError ${n}`),
		);
		expect(errors[0]).toMatchObject({ na_id: at.fooJoin, dfo_id: at.input, stage: "idf" });
		clock.move(1000);
		fail(21);
		clock.move(100);
		expect(await reader.next("errors")).toHaveLength(1);
	});
});

describe("what no one looks at", () => {
	test("is watched ten seconds longer, and a page that comes back finds it as it was", async () => {
		const first = await look();
		await isHeard();
		await first.leave();
		clock.move(9900);
		const second = await look();
		expect(ops()).toEqual(["start_monitor"]);
		await second.leave();
		clock.move(9900);
		expect(csm.heard.size).toBe(1);
		clock.move(200);
		await until(() => csm.heard.size === 0, "the end of the watching");
		await until(() => ops().at(-1) === "stop_monitor", "the end at CSM");
		expect(live.watched + clock.planned).toBe(0);
	});

	test("is not watched while it is off, and costs nothing", async () => {
		await change({ kind: "set_status", status: "off" });
		const reader = await look();
		expect(csm.asked).toEqual([]);
		await change({ kind: "set_status", status: "on" });
		await isHeard();
		await change({ kind: "set_status", status: "off" });
		await until(() => csm.heard.size === 0, "the end of the watching");
		await reader.leave();
	});

	test("of an earlier life of the program is ended once, when CSM is there", async () => {
		await office.store.write(({ graphs }) => graphs.put({ graph: "99", links: [], settled: "" }));
		csm.resync();
		await until(() => csm.asked.length === 1, "the end at CSM");
		expect(csm.asked).toEqual([{ graph: "99", request: { op: "stop_monitor" } }]);
		csm.resync();
		expect(csm.asked).toHaveLength(1);
	});
});

test("a silent stream has a comment every fifteen seconds", async () => {
	const reader = await look();
	clock.move(100);
	await reader.next("people");
	clock.move(14_800);
	expect(reader.comments).toBe(0);
	clock.move(400);
	await until(() => reader.comments === 1, "a comment");
	clock.move(15_000);
	await until(() => reader.comments === 2, "another one");
});
