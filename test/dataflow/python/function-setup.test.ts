import { beforeEach, describe, expect, test } from "bun:test";
import { FunctionSetup } from "../../../src/dataflow/python/function-setup.ts";
import type { Task } from "../../../src/dataflow/python/task.ts";
import { WantedState } from "../../../src/dataflow/python/wanted-state.ts";
import { listenedLog } from "../../support/log.ts";
import { declared } from "../../support/pipeline-specs.ts";

const source = (digest: string) => ({ digest, code: "def run(x): return x", helpers: [] });

let tasks: Task[];
let wanted: WantedState;
let setup: FunctionSetup;
const { log, lines } = listenedLog();
beforeEach(() => {
	tasks = [];
	wanted = new WantedState();
	setup = new FunctionSetup(wanted, { send: (task) => void tasks.push(task) }, log);
	lines.clear();
});

const asked = () => tasks.map(({ request }) => request.ask);
const requests = () => tasks.map(({ request }) => JSON.parse(request.text));

describe("function setup", () => {
	test("a new engine is told functions first, then the graphs that use them", () => {
		const { handle } = wanted.add(source("a"));
		wanted.declare(declared(1, handle, [7]), false);
		setup.tellAll();
		expect(asked()).toEqual(["prepare", "declare"]);
		expect(requests()).toMatchObject([{ handle, digest: "a", broken: null }, { graph: 1 }]);
	});

	test("a function that is not wanted any more is not made", () => {
		const { handle } = wanted.add(source("a"));
		wanted.release([handle]);
		setup.tell(handle, true);
		expect(tasks).toEqual([]);
	});

	test("the engine's verdict settles the function", async () => {
		const good = wanted.add(source("good"));
		const bad = wanted.add(source("bad"));
		setup.tellAll();
		expect(tasks.map((task, n) => task.take(n === 0 ? "null" : '"`run` not found"'))).toEqual([
			true,
			true,
		]);
		await good.ready;
		expect(await bad.ready.catch(String)).toContain("`run` not found");
	});

	test("a function that was good before and fails in a new engine is logged", async () => {
		const { ready } = wanted.add(source("flaky"));
		setup.tellAll();
		tasks[0]?.take("null");
		await ready;
		setup.tellAll();
		tasks[1]?.take('"ImportError"');
		expect(await lines.take("the warning")).toContain('"digest":"flaky"');
	});

	test("the first function an engine makes is to blame for its end, a later one is tried first next time", async () => {
		const first = wanted.add(source("first"));
		const second = wanted.add(source("second"));
		setup.tellAll();
		tasks[1]?.lost("signal SIGSEGV", true);
		expect(wanted.handles).toEqual([second.handle, first.handle]);
		tasks = [];
		setup.tellAll();
		tasks[0]?.lost("signal SIGSEGV", true);
		expect(await second.ready.catch(String)).toContain("SIGSEGV");
		tasks[1]?.lost("signal SIGSEGV", false);
		expect(wanted.requestOf(first.handle)).toMatchObject({ broken: null });
	});
});
