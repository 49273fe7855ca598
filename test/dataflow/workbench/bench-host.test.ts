import { beforeEach, describe, expect, test } from "bun:test";
import { BenchHost } from "../../../src/dataflow/workbench/bench-host.ts";
import { recordedLog } from "../../support/log.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { EngineYard } from "../../support/scripted-engine.ts";

let clock: ManualClock;
let yard: EngineYard;
let host: BenchHost;
let lines: string[];

beforeEach(() => {
	clock = new ManualClock();
	yard = new EngineYard();
	const recorded = recordedLog("ccm");
	lines = recorded.lines;
	host = new BenchHost(yard.launch, clock, recorded.log);
});

async function settled(): Promise<void> {
	await Bun.sleep(0);
}

/** The newest engine gets ready and has its tools. */
async function ready(): Promise<void> {
	await settled();
	yard.last.ready();
	await settled();
	yard.last.done();
	await settled();
}

const check = () => host.ask("check", "x");

describe("the workbench's host", () => {
	test("starts an engine with the first job, and ends it a minute after the last", async () => {
		expect(yard.engines).toHaveLength(0);
		const first = host.use("ann", check);
		await ready();
		yard.last.done("null");
		expect(await first).toEqual({ text: "null" });
		clock.move(50_000);
		const second = host.use(null, check);
		await settled();
		yard.last.done("null");
		await second;
		clock.move(59_000);
		expect(yard.last.isKilled).toBe(false);
		clock.move(1000);
		expect(yard.last.isKilled).toBe(true);
		yard.last.exit();
		expect([host.state, clock.planned]).toEqual(["off", 0]);
	});

	test("an engine that is lost over a job is replaced at once", async () => {
		const lost = host.use("ann", check);
		const next = host.use("bob", check);
		await ready();
		yard.last.exit("signal SIGSEGV");
		expect(await lost).toEqual({ lost: "the engine ended (signal SIGSEGV)" });
		await ready();
		expect(yard.engines).toHaveLength(2);
		yard.last.done("null");
		expect(await next).toEqual({ text: "null" });
	});

	test("where none can be started jobs are refused with the reason, which the log has once", async () => {
		yard.trouble = "EMFILE";
		const refused = {
			refused: "off",
			reason: "the workbench engine cannot start: EMFILE",
		} as const;
		expect(await host.use("ann", check)).toEqual(refused);
		yard.trouble = undefined;
		expect(await host.use("ann", check)).toEqual(refused);
		expect(lines).toHaveLength(1);
		clock.move(10_000);
		const works = host.use("ann", check);
		await ready();
		yard.last.done("null");
		expect(await works).toEqual({ text: "null" });
	});

	test("a person with many jobs is refused further ones, others are not", async () => {
		const jobs = Array.from({ length: 4 }, () => host.use("ann", check));
		expect(await jobs[3]).toEqual({
			refused: "busy",
			reason: "busy: 3 requests of yours are waiting",
		});
		const other = host.use("bob", check);
		await ready();
		for (let n = 0; n < 4; n++) {
			yard.last.done("null");
			await settled();
		}
		expect(await other).toEqual({ text: "null" });
	});

	test("stops in the middle of a job, with those that wait", async () => {
		const first = host.use("ann", check);
		const second = host.use("ann", check);
		await ready();
		const stopped = host.stop();
		yard.last.exit();
		await stopped;
		expect(await first).toEqual({ lost: "the server stops" });
		expect(await second).toEqual({ refused: "off", reason: "the server stops" });
		expect(await host.use("ann", check)).toEqual({ refused: "off", reason: "the server stops" });
		expect([yard.engines.length, clock.planned]).toEqual([1, 0]);
	});

	test("stops while an engine starts", async () => {
		const first = host.use("ann", check);
		await settled();
		const stopped = host.stop();
		expect(yard.last.isKilled).toBe(true);
		yard.last.exit();
		await stopped;
		expect(await first).toEqual({ refused: "off", reason: "the server stops" });
	});
});
