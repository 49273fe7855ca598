import { beforeEach, describe, expect, test } from "bun:test";
import {
	firstNumber,
	WireValues,
	WORKS_AFTER_MS,
} from "../../../../src/web/editor/project/wire-values.ts";
import { documentOf, ScriptedServer } from "../support/scripted-project.ts";

const value = (na_id: number, dfo_id: number | null, text: string) => ({
	...{ na_id, dfo_id, value: text },
});
const failure = (na_id: number, dfo_id: number | null, reason: string) =>
	({ na_id, dfo_id, stage: "idf", reason }) as const;
const JOIN = { na_id: 7, na_name: "a", na_idx: 0, fn_id: null, crowd: "each" } as const;

describe("values of wires", () => {
	let clock: ScriptedServer["clock"];
	let values: WireValues;
	beforeEach(() => {
		const server = new ScriptedServer();
		clock = server.clock;
		values = new WireValues(server.deps.clock);
	});

	test("each wire has its newest one, and the first numbers of the last twenty", () => {
		for (let n = 0; n < 25; n++) values.take([value(7, 1, `[${n},"x"]`)]);
		const { numbers, at, ...rest } = values.valueOf(7, 1).value ?? { numbers: [], at: -1 };
		expect(rest).toEqual({ value: '[24,"x"]' });
		expect(at).toBe(clock.now());
		expect(numbers).toEqual(Array.from({ length: 20 }, (_, n) => n + 5));
		expect(values.valueOf(7, null).value).toBeUndefined();
	});

	test("one wire's value draws no other again", () => {
		let draws = 0;
		const end = values.valueOf(7, null).subscribe(() => draws++);
		values.take([value(7, 2, "1")]);
		expect(draws).toBe(1);
		values.take([value(7, null, "1")]);
		expect(draws).toBe(2);
		end();
	});

	test("samples are told with their join only", () => {
		const heard: unknown[] = [];
		const end = values.onSamples(7, (samples) => heard.push(...samples));
		values.take([{ ...value(7, 1, "1"), input: "2" }, value(8, 1, "3")]);
		end();
		values.take([value(7, 1, "4")]);
		expect(heard).toEqual([{ at: new Date(0), naId: 7, dfoId: 1, value: "1", input: "2" }]);
	});

	test("a place that fails works again when something comes through a while later", () => {
		expect(values.fail([failure(7, 1, "bad")])).toHaveLength(1);
		expect(values.fail([failure(7, 1, "bad")])).toEqual([]);
		expect(values.failureOf(7, 1).value).toEqual({
			...failure(7, 1, "bad"),
			at: 0,
			count: 2,
			seats: [],
		});
		values.take([value(7, 1, "1")]);
		expect(values.failureOf(7, 1).value?.count).toBe(2);
		clock.move(WORKS_AFTER_MS);
		values.take([value(7, 2, "1")]);
		expect(values.failureOf(7, 1).value?.count).toBe(2);
		values.take([value(7, 1, "1")]);
		expect(values.failureOf(7, 1).value).toBeUndefined();
		expect(values.fail([failure(7, 1, "bad")])).toHaveLength(1);
	});

	test("a place remembers which members of a crowd it has failed for", () => {
		values.fail([{ ...failure(7, 1, "bad"), seat: 4 }, failure(7, 1, "bad")]);
		values.fail([
			{ ...failure(7, 1, "worse"), seat: 2 },
			{ ...failure(7, 1, "bad"), seat: 4 },
		]);
		expect(values.failureOf(7, 1).value).toMatchObject({ count: 4, seats: [4, 2] });
		clock.move(WORKS_AFTER_MS);
		values.take([value(7, 1, "1")]);
		values.fail([{ ...failure(7, 1, "bad"), seat: 9 }]);
		expect(values.failureOf(7, 1).value?.seats).toEqual([9]);
	});

	test("a new stream knows only its own values and no failures", () => {
		values.begin([{ ...value(7, 2, "5"), age_ms: 900 }]);
		expect(values.valueOf(7, 2).value?.at).toBe(clock.now() - 900);
		expect(values.valueOf(7, 1).value).toBeUndefined();
		expect(values.valueOf(7, 2).value?.value).toBe("5");
		expect(values.failureOf(7, 1).value).toBeUndefined();
	});

	test("what is not in the document is forgotten", () => {
		values.take([value(7, 1, "1"), value(7, null, "1")]);
		values.fail([failure(7, 1, "bad")]);
		values.keep(documentOf(1, { joins: [{ ...JOIN, links: [{ dfo_id: 2, params: [] }] }] }));
		expect(values.valueOf(7, 1).value).toBeUndefined();
		expect(values.failureOf(7, 1).value).toBeUndefined();
		expect(values.valueOf(7, null).value?.value).toBe("1");
	});
});

test("a number is read where JSON begins with one", () => {
	expect(["[-1.5e3,2]", "21", "[[4]]", '["5"]', "null", '{"a":1}'].map(firstNumber)).toEqual([
		...[-1500, 21, 4],
		...[undefined, undefined, undefined],
	]);
});
