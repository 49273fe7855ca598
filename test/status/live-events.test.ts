import { describe, expect, test } from "bun:test";
import { Value } from "@sinclair/typebox/value";
import {
	ChangesView,
	type DeviceView,
	type GraphView,
	type StatusView,
} from "../../src/contract/views.ts";
import { LiveEvents, type LiveStatus } from "../../src/status/live-events.ts";

const STATUS: StatusView = {
	version: "1",
	pid: 1,
	since: 0,
	http: "",
	mqtt: "",
	ws: "",
	database: "",
	logins: false,
	broker: { kind: "embedded", clients: 0, received: 0, retained: 0, subscriptions: 0 },
	devices: { online: 0, known: 0 },
	v1: null,
	graphs: 0,
	functions: 0,
	messages: {
		received: 0,
		published: 0,
		dropped: {},
		waiting: 0,
		received_per_second: 0,
		published_per_second: 0,
	},
	engine: { state: "off", pid: null, restarts: 0 },
	engines: [],
	memory_bytes: 0,
	warnings: [],
};

const device = (id: string, state: DeviceView["state"] = "online"): DeviceView => ({
	id,
	name: id,
	state,
});

const graph = (name: string, dropped = 0): GraphView => ({
	client: "gui",
	graph: name,
	join: { func: null, depends: {}, title: null },
	monitor_topic: null,
	engine: null,
	idfs: [],
	odfs: [],
	dropped,
	last_error: null,
});

/** A server whose state the test sets. */
class Shown implements LiveStatus {
	readonly view = STATUS;
	isWatched = false;
	deviceList: DeviceView[] = [];
	graphList: GraphView[] = [];
	lines: Record<string, unknown>[] = [];

	devices = () => this.deviceList;
	graphs = () => this.graphList;
	log = () => this.lines;
	watch = (isWatched: boolean) => {
		this.isWatched = isWatched;
	};
}

function changesIn(event: string): ChangesView {
	const [, data = ""] = /^event: change\ndata: (.*)\n\n$/.exec(event) ?? [];
	const changes: unknown = JSON.parse(data);
	if (!Value.Check(ChangesView, changes)) throw new Error(`not as described: ${data}`);
	return changes;
}

describe("what live pages are told", () => {
	test("is everything first, then what changed or is gone", () => {
		const status = new Shown();
		status.deviceList = [device("a"), device("b")];
		status.graphList = [graph("g")];
		const live = new LiveEvents(status);
		live.enter();
		const first = changesIn(live.everything());
		expect([Object.keys(first.devices), Object.keys(first.graphs)]).toEqual([
			["a", "b"],
			["gui/g"],
		]);
		expect(changesIn(live.changes())).toMatchObject({ devices: {}, graphs: {} });
		status.deviceList = [device("a", "offline"), device("c")];
		status.graphList = [];
		expect(changesIn(live.changes())).toMatchObject({
			devices: { a: { state: "offline" }, b: null, c: { state: "online" } },
			graphs: { "gui/g": null },
		});
	});

	test("has each line of the log once", () => {
		const status = new Shown();
		status.lines = [{ msg: "one" }];
		const live = new LiveEvents(status);
		live.enter();
		expect(changesIn(live.everything()).log).toEqual([{ msg: "one" }]);
		status.lines = [{ msg: "one" }, { msg: "two" }];
		expect(changesIn(live.changes()).log).toEqual([{ msg: "two" }]);
		expect(changesIn(live.changes()).log).toEqual([]);
	});

	test("has each line once for a page that comes later as well", () => {
		const status = new Shown();
		status.lines = [{ msg: "one" }];
		const live = new LiveEvents(status);
		live.enter();
		status.lines = [{ msg: "one" }, { msg: "two" }];
		const first = changesIn(live.everything()).log;
		const next = changesIn(live.changes()).log;
		expect([...first, ...next]).toEqual([{ msg: "one" }, { msg: "two" }]);
	});

	test("newest values are kept while pages are open, and all is told again to those that come later", () => {
		const status = new Shown();
		status.deviceList = [device("a")];
		const live = new LiveEvents(status);
		live.enter();
		expect(status.isWatched).toBe(true);
		live.leave();
		expect(status.isWatched).toBe(false);
		status.deviceList = [device("b")];
		live.enter();
		expect(changesIn(live.changes())).toMatchObject({ devices: {} });
		expect(Object.keys(changesIn(live.everything()).devices)).toEqual(["b"]);
	});

	test("is bounded", () => {
		const status = new Shown();
		status.deviceList = Array.from({ length: 2000 }, (_, n) => device(`device ${n}`));
		status.graphList = Array.from({ length: 2000 }, (_, n) => graph(`graph ${n}`));
		const all = changesIn(new LiveEvents(status).everything());
		expect([Object.keys(all.devices).length, Object.keys(all.graphs).length]).toEqual([1000, 500]);
	});
});
