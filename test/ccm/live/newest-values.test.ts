import { describe, expect, test } from "bun:test";
import { NewestValues } from "../../../src/ccm/live/newest-values.ts";

const value = (na_id: number, text: string) => ({ na_id, dfo_id: 1, value: text });
const failure = (na_id: number, reason = "x") => ({
	...{ na_id, dfo_id: null, stage: "idf" as const, reason },
});

describe("the newest values", () => {
	test("are told once, the last of each wire", () => {
		const values = new NewestValues(() => 0);
		values.add([value(1, "a"), value(2, "b")]);
		values.add([value(1, "c")]);
		expect(values.take()).toEqual([value(2, "b"), value(1, "c")]);
		expect(values.take()).toEqual([]);
		expect(values.all).toEqual([value(1, "c"), value(2, "b")]);
	});

	test("of a crowd are told member by member, few at once and each in its turn", () => {
		const values = new NewestValues(() => 0);
		const of = (seat: number, text: string) => ({ ...value(1, text), seat });
		const join = (seat: number, text: string) => ({ ...of(seat, text), dfo_id: null });
		for (let seat = 0; seat < 6; seat++) values.add([of(seat, "a"), join(seat, "b")]);
		// One that sends more often than the others.
		for (let n = 0; n < 50; n++) values.add([of(0, `a${n}`), join(0, `b${n}`)]);
		const told = () => values.take().map(({ seat, value: text }) => `${seat}${text}`);
		expect(told()).toEqual(["1a", "1b", "2a", "2b", "3a", "3b", "0a49", "0b49"]);
		values.add([of(0, "a50"), join(0, "b50")]);
		expect(told()).toEqual(["4a", "4b", "5a", "5b", "0a50", "0b50"]);
		expect(told()).toEqual([]);
		expect(values.all).toEqual([of(0, "a50"), join(0, "b50")]);
		values.add([of(3, "c")]);
		values.keep(() => false);
		expect(told()).toEqual([]);
	});

	test("that may be old count when they are others than before", () => {
		const values = new NewestValues(() => 0);
		values.addChanged([value(1, "a")]);
		expect(values.take()).toEqual([value(1, "a")]);
		values.addChanged([value(1, "a"), value(2, "b")]);
		expect(values.take()).toEqual([value(2, "b")]);
	});

	test("are told to a newcomer with their age", () => {
		let now = 0;
		const values = new NewestValues(() => now);
		values.add([value(1, "a")]);
		now = 40.4;
		values.add([value(2, "b")]);
		expect(values.all).toEqual([{ ...value(1, "a"), age_ms: 40 }, value(2, "b")]);
		expect(values.take()).toEqual([value(1, "a"), value(2, "b")]);
	});

	test("of wires that are gone are not told, nor kept", () => {
		const values = new NewestValues(() => 0);
		values.add([value(1, "a"), value(2, "b")]);
		values.keep((naId) => naId === 2);
		expect(values.take()).toEqual([value(2, "b")]);
		expect(values.all).toEqual([value(2, "b")]);
	});

	test("leave out failures of a join beyond five a second, and not those of others", () => {
		let now = 0;
		const values = new NewestValues(() => now);
		for (let n = 0; n < 9; n++) values.addFailure(failure(1));
		values.addFailure(failure(2));
		expect(values.takeFailures().map(({ na_id }) => na_id)).toEqual([1, 1, 1, 1, 1, 2]);
		now = 999;
		values.addFailure(failure(1));
		expect(values.takeFailures()).toEqual([]);
		now = 1000;
		values.addFailure(failure(1));
		expect(values.takeFailures()).toHaveLength(1);
	});
});
