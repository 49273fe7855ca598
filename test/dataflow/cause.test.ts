import { expect, test } from "bun:test";
import { causeOf } from "../../src/dataflow/cause.ts";

test("a message that no one waits for costs no object", () => {
	expect(causeOf({ qos: 1 }, 3)).toBe(causeOf({ qos: 1 }, 1));
});

test("what stays at a broker until it is done does so for all its readers", () => {
	for (const readers of [1, 2]) {
		const message = { qos: 1, done: () => {}, isKept: true } as const;
		expect(causeOf(message, readers).isKept).toBe(true);
	}
});

test("a message is done when all its readers are, at once without any", () => {
	for (const readers of [0, 1, 2, 3]) {
		let times = 0;
		const cause = causeOf({ qos: 2, done: () => (times += 1) }, readers);
		expect(cause.qos).toBe(2);
		for (let n = 0; n < readers; n++) {
			expect(times).toBe(0);
			cause.done?.();
		}
		expect(times).toBe(1);
	}
});
