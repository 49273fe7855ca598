// Several function engines, and `iotctl engine restart` of one of them: the compiled program as an operator runs it.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { TestHome } from "../support/binary.ts";
import { Flow } from "../support/flow.ts";
import { story } from "../support/story.ts";
import { BINARY, type Target } from "../support/target.ts";
import { within } from "../support/waiting.ts";

const COUNTER = "n = 0\ndef run(x):\n  global n\n  n += 1\n  return n\n";
let home: TestHome;
beforeAll(() => {
	home = new TestHome("engines");
	writeFileSync(home.ini, `${home.iniText()}[esm]\nengines = 2\n`);
	expect(home.run("start", "--detach", "csm").exitCode).toBe(0);
});
afterAll(() => home.clear());

const status = () => JSON.parse(home.run("status", "--json").out);
const pids = (): number[] => status().engines.map(({ pid }: { pid: number }) => pid);
const counter = () => {
	const { http, mqtt } = status();
	return Flow.build({ http, mqtt } as Target, { idfs: [{ code: COUNTER }], odfs: [{}] });
};

describe("an engine is restarted by its number", () => {
	const step = story("from one that does not run to all of them");
	let first: Flow;
	let second: Flow;
	/** What the next message of the first graph counts to. */
	let next = 1;

	step("one that no graph needs is not running, and is not started", async () => {
		first = await counter();
		await first.expect([0], [next++]);
		expect(home.run("engine", "restart", "2")).toMatchObject({
			exitCode: 0,
			out: "function engine 2 is not running; it starts with the first function in it\n",
		});
		const { engines } = status();
		expect(
			engines.map((one: Record<string, unknown>) => [one.number, one.state, one.graphs]),
		).toEqual([
			[1, "ready", 1],
			[2, "off", 0],
		]);
	});

	step("it is replaced and named, while graphs of the other go on", async () => {
		second = await counter();
		await second.expect([0], [1]);
		const before = pids();
		const command = Bun.spawn([BINARY, "-c", home.ini, "engine", "restart", "2"], {
			env: { HOME: home.folder },
			stdin: "ignore",
			stdout: "pipe",
			stderr: "inherit",
		});
		const told = new Response(command.stdout).text();
		do await first.expect([0], [next++]);
		while (command.exitCode === null);
		const after = pids();
		expect([await within(command.exited, "the command's end"), await told]).toEqual([
			0,
			`function engine 2 restarted (pid ${after[1]})\n`,
		]);
		expect([after[0] === before[0], after[1] === before[1]]).toEqual([true, false]);
		await first.expect([0], [next++]);
		await second.expect([0], [1]);
		expect(home.run("status").out).toMatch(
			/Engine 1 +ready \(pid \d+\), 1 graph\n.*Engine 2 +ready \(pid \d+\), restarted once, 1 graph\n/,
		);
	});

	step("without a number it is all of them", async () => {
		const before = pids();
		const { exitCode, out } = home.run("engine", "restart");
		const after = pids();
		expect([exitCode, out]).toEqual([
			0,
			after.map((pid, n) => `function engine ${n + 1} restarted (pid ${pid})\n`).join(""),
		]);
		expect(after.filter((pid) => before.includes(pid))).toEqual([]);
		await first.expect([0], [1]);
		await second.expect([0], [1]);
	});
});

test.each([
	["3", 1, "there is no engine 3: there are 2 engines (engines in [esm])"],
	["0", 2, "must be an integer from 1"],
	["two", 2, "must be an integer from 1"],
	["1.5", 2, "must be an integer from 1"],
])("engine restart %s is refused", (number, code, reason) => {
	const before = pids();
	const { exitCode, out, err } = home.run("engine", "restart", number);
	expect([exitCode, out]).toEqual([code, ""]);
	expect(err).toContain(reason);
	expect(pids()).toEqual(before);
});
