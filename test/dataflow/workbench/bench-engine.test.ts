import { beforeEach, describe, expect, test } from "bun:test";
import { BenchEngine } from "../../../src/dataflow/workbench/bench-engine.ts";
import { quietLog } from "../../support/log.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { EngineYard } from "../../support/scripted-engine.ts";

let clock: ManualClock;
let yard: EngineYard;
let engine: BenchEngine;

beforeEach(() => {
	clock = new ManualClock();
	yard = new EngineYard();
	engine = new BenchEngine(yard.launch, clock, quietLog);
});

/** An engine that takes requests. */
async function started(): Promise<void> {
	const starting = engine.start();
	await Bun.sleep(0);
	yard.last.ready();
	await Bun.sleep(0);
	yard.last.done();
	expect(await starting).toBeUndefined();
}

describe("the workbench's engine", () => {
	test("is there once it has its tools, and only when it is asked for", async () => {
		expect([engine.state, engine.pid, yard.engines.length]).toEqual(["off", null, 0]);
		await started();
		expect([engine.state, engine.pid]).toEqual(["ready", yard.last.pid]);
		expect(yard.last.requests[0]?.text).toStartWith('["load",');
		expect(await engine.start()).toBeUndefined();
		expect(yard.engines).toHaveLength(1);
	});

	test("answers requests, and is killed over one that takes too long", async () => {
		await started();
		const answer = engine.ask("check", "x", 100, "too late");
		expect(yard.last.requests[1]).toEqual({ ask: "tool", text: '["check","x"]' });
		yard.last.done("null");
		expect(await answer).toEqual({ text: "null" });
		clock.move(10_000);
		expect(yard.last.isKilled).toBe(false);
		const late = engine.ask("check", "x", 100, "too late");
		clock.move(250);
		expect(yard.last.isKilled).toBe(true);
		yard.last.done("null");
		yard.last.exit();
		expect([await late, engine.state]).toEqual([{ lost: "too late" }, "off"]);
	});

	test("one that ends by itself says how", async () => {
		await started();
		const lost = engine.ask("check", "x", 100, "too late");
		yard.last.exit("signal SIGSEGV");
		expect(await lost).toEqual({ lost: "the engine ended (signal SIGSEGV)" });
		expect(await engine.ask("check", "x", 100, "")).toEqual({ lost: "there is no engine" });
		await started();
		expect(yard.engines).toHaveLength(2);
	});

	test("an answer out of turn costs the engine", async () => {
		await started();
		yard.last.done("null");
		expect(yard.last.isKilled).toBe(true);
		yard.last.exit();
		await started();
		const lost = engine.ask("check", "x", 100, "too late");
		yard.last.slice(1);
		yard.last.exit();
		expect(await lost).toEqual({ lost: "it answered out of turn" });
	});

	test("a start that fails says why, and the next one is a new engine's", async () => {
		yard.trouble = "EMFILE";
		expect(await engine.start()).toBe("EMFILE");
		yard.trouble = undefined;
		const ending = engine.start();
		await Bun.sleep(0);
		yard.last.exit("exit code 1");
		expect(await ending).toBe("the engine ended (exit code 1)");
		const slow = engine.start();
		await Bun.sleep(0);
		clock.move(31_000);
		yard.last.exit();
		expect(await slow).toBe("it was not ready within 30 s");
		await started();
	});

	test("a new one is not started before a killed one is gone", async () => {
		await started();
		const killed = engine.kill("replaced");
		const starting = engine.start();
		await Bun.sleep(0);
		expect(yard.engines).toHaveLength(1);
		yard.last.exit();
		await killed;
		await Bun.sleep(0);
		yard.last.ready();
		await Bun.sleep(0);
		yard.last.done();
		expect(await starting).toBeUndefined();
	});

	test("none is started after it was stopped, not even one that waited for the end of another", async () => {
		await started();
		const killed = engine.kill("idle");
		const starting = engine.start();
		const stopped = engine.stop();
		yard.last.exit();
		await Promise.all([killed, stopped]);
		expect(await starting).toBe("the server stops");
		expect(yard.engines).toHaveLength(1);
	});
});
