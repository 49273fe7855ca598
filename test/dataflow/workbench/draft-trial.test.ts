import { beforeEach, describe, expect, test } from "bun:test";
import { LATE } from "../../../src/dataflow/workbench/bench-host.ts";
import { DraftTrial } from "../../../src/dataflow/workbench/draft-trial.ts";
import { ManualClock } from "../../support/manual-clock.ts";

const DRAFT = { code: "def run(x): return x", helpers: [], stage: "idf" } as const;
const FINE = { text: '{"error":null,"printed":"","ms":1,"result":1}' };

type Answer = { text: string } | { lost: string };

let clock: ManualClock;
let asked: [tool: string, limitMs: number | undefined][];
let replaced: string[];
/** What the engine answers, and how long it takes. */
let answers: [answer: Answer, ms: number][];
let trial: DraftTrial;

beforeEach(() => {
	clock = new ManualClock();
	[asked, replaced, answers] = [[], [], []];
	const host = {
		ask: async (tool: string, _argument: unknown, limitMs?: number) => {
			asked.push([tool, limitMs]);
			const [answer, ms] = answers.shift() ?? [FINE, 0];
			clock.move(ms);
			return answer;
		},
		replace: async (reason: string) => void replaced.push(reason),
	};
	trial = new DraftTrial(host, clock);
});

const kinds = async (...samples: string[]) => {
	const { loading, samples: tried } = await trial.run(DRAFT, samples);
	return [loading, ...tried].map(({ error }) => error?.kind ?? null);
};

describe("the trial of a draft", () => {
	test("calls no further sample once 700 ms are over, and ends within two seconds", async () => {
		answers = [
			[FINE, 300],
			[FINE, 300],
			[FINE, 150],
		];
		expect(await kinds("1", "2", "3", "4")).toEqual([null, null, null, "skipped", "skipped"]);
		expect(asked).toEqual([
			["open", 1620],
			["sample", 1550],
			["sample", 1250],
		]);
	});

	test("calls no further sample once the engine is gone", async () => {
		answers = [
			[FINE, 0],
			[{ lost: "the engine ended (signal SIGSEGV)" }, 10],
		];
		expect(await kinds("1", "2")).toEqual([null, "engine", "skipped"]);
		expect(await trial.close()).toBe(false);
		expect(asked).toHaveLength(2);
	});

	test("a draft whose loading kills the engine has that as the error of each sample", async () => {
		answers = [[{ lost: LATE }, 1620]];
		expect(await kinds("1", "2")).toEqual(["time", "time", "time"]);
	});

	test("a malformed reply costs the engine", async () => {
		answers = [
			[FINE, 0],
			[{ text: '{"result":1}' }, 0],
		];
		expect(await kinds("1")).toEqual([null, "engine"]);
		expect(replaced).toHaveLength(1);
	});

	test("the engine is as it was unless it says otherwise, or its memory was full", async () => {
		const close = async (text: string) => {
			answers = [[{ text }, 0]];
			return trial.close();
		};
		await kinds("1");
		expect([await close("true"), await close("false"), await close("5")]).toEqual([
			true,
			false,
			false,
		]);
		const full = { kind: "memory", line: null, reason: "MemoryError" };
		answers = [[{ text: JSON.stringify({ error: full, printed: "", ms: 1 }) }, 0]];
		await kinds();
		expect(await close("true")).toBe(false);
	});
});
