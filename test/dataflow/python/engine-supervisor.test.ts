import { beforeEach, describe, expect, test } from "bun:test";
import type { EngineEvents } from "../../../src/dataflow/python/engine-process.ts";
import { EngineSupervisor } from "../../../src/dataflow/python/engine-supervisor.ts";
import type { Launch, Task } from "../../../src/dataflow/python/task.ts";
import type { Logger } from "../../../src/kit/log.ts";
import { listenedLog, quietLog } from "../../support/log.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { notedTask } from "../../support/noted-task.ts";
import { EngineYard } from "../../support/scripted-engine.ts";

const CALL_MS = 1000;
const START_MS = 30_000;

let clock: ManualClock;
let yard: EngineYard;
const events: string[] = [];
let starts: number;
let supervisor: EngineSupervisor;

beforeEach(() => {
	clock = new ManualClock();
	yard = new EngineYard();
	events.length = 0;
	starts = 0;
	supervisor = supervise(quietLog);
});

function supervise(log: Logger, launch: Launch = yard.launch): EngineSupervisor {
	return new EngineSupervisor(
		launch,
		CALL_MS,
		{
			onReady: (replaced) => events.push(`ready ${replaced ?? "first"}`),
			onProgress: () => {},
			onStarting: () => {
				starts += 1;
			},
			onFailedStart: (reason) => events.push(`failed ${reason}`),
		},
		clock,
		log,
	);
}

function started() {
	supervisor.start();
	yard.last.ready();
	return yard.last;
}

const task = (...what: [name: string, ask?: Task["request"]["ask"], answers?: number]) =>
	notedTask(events, ...what);

describe("engine supervisor", () => {
	test("starts one engine, however often it is asked", () => {
		expect(supervisor.state).toBe("off");
		supervisor.start();
		supervisor.start();
		expect(yard.engines).toHaveLength(1);
		expect(starts).toBe(1);
		expect([supervisor.state, supervisor.isReady, supervisor.isIdle]).toEqual([
			"starting",
			false,
			false,
		]);
		yard.last.ready();
		expect([supervisor.state, supervisor.isReady, supervisor.isIdle]).toEqual([
			"ready",
			true,
			true,
		]);
		expect(supervisor.pid).toBe(yard.last.pid);
		expect(events).toEqual(["ready first"]);
	});

	test("answers go to the requests in order, several to one that wants more", () => {
		const engine = started();
		supervisor.send(task("a"));
		supervisor.send(task("b", "batch", 2));
		supervisor.send(task("c"));
		expect(engine.asked).toEqual(["prepare", "batch", "prepare"]);
		engine.done("1");
		engine.reply({ answer: "slice", text: "2" });
		engine.reply({ answer: "slice", text: "3" });
		expect(supervisor.isIdle).toBe(false);
		engine.done("4");
		expect(events.slice(1)).toEqual(["a 1", "b 2", "b 3", "c 4"]);
		expect(supervisor.isIdle).toBe(true);
	});

	test("an engine that is stuck is killed, and what it worked on is told apart from what waited", () => {
		const engine = started();
		for (const name of ["a", "b", "c"]) supervisor.send(task(name));
		// Its own time limit may end the call a second late, where the machine is busy.
		clock.move(CALL_MS + 1000);
		expect(engine.isKilled).toBe(false);
		clock.move(CALL_MS);
		expect(engine.isKilled).toBe(true);
		engine.exit();
		const reason = `time limit of ${CALL_MS} ms exceeded`;
		expect(events.slice(1)).toEqual([
			`c lost waiting: ${reason}`,
			`b lost waiting: ${reason}`,
			`a lost at work: ${reason}`,
		]);
		yard.last.ready();
		expect(events.at(-1)).toBe(`ready ${reason}`);
		expect([yard.engines.length, supervisor.restarts]).toEqual([2, 1]);
	});

	test("an engine that waits for a processor gets more time, up to three times as much", () => {
		const engine = started();
		supervisor.send(task("a"));
		for (let second = 0; second < 5; second++) {
			clock.move(1000);
			engine.waitedMs += 1000;
		}
		expect(engine.isKilled).toBe(false);
		clock.move(2 * CALL_MS + 20);
		expect(engine.isKilled).toBe(true);
	});

	test("time counts from the last answer, and not while nothing is asked", () => {
		const engine = started();
		clock.move(10 * CALL_MS);
		supervisor.send(task("a", "batch", 20));
		for (let n = 0; n < 19; n++) {
			clock.move(CALL_MS);
			engine.reply({ answer: "slice", text: String(n) });
		}
		expect(engine.isKilled).toBe(false);
		clock.move(3 * CALL_MS);
		expect(engine.isKilled).toBe(true);
	});

	test("nothing is watched once all is answered", () => {
		const engine = started();
		supervisor.send(task("a"));
		engine.done();
		clock.move(10 * CALL_MS);
		expect(engine.isKilled).toBe(false);
		expect(clock.planned).toBe(0);
	});

	test("an engine that does not get ready in time is killed, and the next one waits a little", () => {
		supervisor.start();
		clock.move(START_MS + CALL_MS);
		expect(yard.last.isKilled).toBe(true);
		yard.last.exit();
		expect(supervisor.state).toBe("off");
		expect(events).toEqual([
			"failed the function engine cannot start: it was not ready within 30 s",
		]);
		supervisor.start();
		expect(yard.engines).toHaveLength(1);
		clock.move(1000);
		expect(yard.engines).toHaveLength(2);
	});

	test.each([
		["done for a batch", task("a", "batch"), { answer: "done", text: "null" }],
		["a slice for a request", task("a"), { answer: "slice", text: "1" }],
		["ready a second time", task("a"), { answer: "ready", unfiltered: "" }],
	] as const)("%s costs the engine", (_name, request, reply) => {
		const engine = started();
		supervisor.send(request);
		engine.reply(reply);
		expect(engine.isKilled).toBe(true);
		engine.done("after its end");
		engine.exit();
		expect(events.filter((event) => event.startsWith("a "))).toEqual([
			expect.stringMatching(/^a lost at work: it answered/),
		]);
	});

	test("an answer that was not asked for costs the engine", () => {
		const engine = started();
		engine.done();
		expect(engine.isKilled).toBe(true);
		engine.exit();
		yard.last.ready();
		expect(events.at(-1)).toBe("ready it answered without being asked");
	});

	test("what a request's taker throws costs the engine", () => {
		const engine = started();
		const failing = () => {
			throw new SyntaxError("no JSON");
		};
		supervisor.send({ ...task("a"), take: failing });
		engine.done("?");
		engine.exit();
		expect(events.at(-1)).toBe("a lost at work: no JSON");
	});

	test("a process that ends although its launch failed changes nothing, and its end throws nothing", () => {
		let failed: EngineEvents | undefined;
		supervisor = supervise(quietLog, (engineEvents) => {
			failed = engineEvents;
			throw new Error("no channel");
		});
		supervisor.start();
		failed?.onExit("signal SIGKILL");
		failed?.onReply({ answer: "ready", unfiltered: "" });
		expect([supervisor.state, supervisor.restarts, events]).toEqual([
			"off",
			0,
			["failed the function engine cannot start: no channel"],
		]);
	});

	test("an engine that is gone says nothing any more", () => {
		const engine = started();
		engine.exit("exit code 70");
		yard.last.ready();
		supervisor.send(task("a"));
		engine.done("late");
		engine.exit("again");
		expect(events.at(-1)).toBe("ready the function engine ended (exit code 70)");
	});

	test("a restart that is asked for blames no function", () => {
		supervisor.restart("asked for");
		expect(yard.engines).toHaveLength(0);
		const engine = started();
		supervisor.send(task("a"));
		supervisor.restart("asked for");
		expect(engine.isKilled).toBe(true);
		engine.exit();
		expect(events.at(-1)).toBe("a lost waiting: asked for");
		supervisor.restart("asked for");
		yard.last.exit();
		yard.last.ready();
		expect(yard.engines).toHaveLength(3);
		expect(supervisor.problem).toBeUndefined();
		supervisor.send(task("b"));
		yard.last.exit("exit code 70");
		expect(events.at(-1)).toContain("b lost at work");
	});

	test("a restart does not wait for the next try", () => {
		yard.trouble = "no memory";
		supervisor.start();
		yard.trouble = undefined;
		supervisor.restart("asked for");
		yard.last.ready();
		clock.move(60_000);
		expect([supervisor.isReady, yard.engines.length]).toEqual([true, 1]);
	});

	test("stopping resolves when the process is gone, and nothing starts again", async () => {
		const engine = started();
		supervisor.send(task("a"));
		const stopped = supervisor.stop();
		expect(engine.isKilled).toBe(true);
		engine.exit();
		await stopped;
		supervisor.start();
		clock.move(START_MS);
		expect(yard.engines).toHaveLength(1);
		expect(clock.planned).toBe(0);
	});
});

describe("an engine that cannot be started", () => {
	test("is tried again in pauses that grow to a minute, until it works", () => {
		yard.trouble = "EMFILE: too many open files";
		supervisor.start();
		expect(events).toEqual([
			"failed the function engine cannot start: EMFILE: too many open files",
		]);
		const tries: number[] = [];
		for (let second = 1; second <= 200; second++) {
			const before = events.length;
			clock.move(1000);
			if (events.length > before) tries.push(second);
		}
		expect(tries).toEqual([1, 3, 7, 15, 31, 63, 123, 183]);
		expect([supervisor.state, supervisor.restarts]).toEqual(["off", 0]);
		yard.trouble = undefined;
		clock.move(60_000);
		yard.last.ready();
		expect(events.at(-1)).toBe("ready first");
		yard.last.exit();
		expect(yard.engines).toHaveLength(2);
	});

	test("is named while it lasts, and begins with short pauses the next time", () => {
		expect(supervisor.problem).toBeUndefined();
		yard.trouble = "no memory";
		supervisor.start();
		expect(supervisor.problem).toBe("the function engine cannot start: no memory");
		clock.move(1000 + 2000);
		yard.trouble = undefined;
		clock.move(4000);
		expect(supervisor.problem).toContain("no memory");
		yard.last.ready();
		expect(supervisor.problem).toBeUndefined();
		yard.trouble = "no memory";
		yard.last.exit();
		expect(supervisor.problem).toContain("no memory");
		yard.trouble = undefined;
		clock.move(1000);
		yard.last.ready();
		expect(events.at(-1)).toBe("ready the function engine ended (signal SIGKILL)");
	});

	test("is said once, and again only with another reason", () => {
		const { log, lines } = listenedLog();
		supervisor = supervise(log);
		yard.trouble = "no memory";
		supervisor.start();
		clock.move(300_000);
		yard.trouble = undefined;
		clock.move(3000);
		for (let n = 0; n < 5; n++) {
			yard.last.exit("exit code 1");
			clock.move(60_000);
		}
		expect(lines.waiting.map((line) => JSON.parse(line).reason)).toEqual([
			"no memory",
			"the function engine ended (exit code 1)",
		]);
	});

	test("is not tried any more after a stop", async () => {
		yard.trouble = "no memory";
		supervisor.start();
		await supervisor.stop();
		yard.trouble = undefined;
		clock.move(600_000);
		expect(yard.engines).toHaveLength(0);
		expect(clock.planned).toBe(0);
	});
});
