import { expect, test } from "bun:test";
import { onFirstUse } from "../../src/store/on-first-use.ts";

test("nothing is made before it is asked for, and then once", () => {
	let made = 0;
	const get = onFirstUse(() => ({ number: ++made }));
	expect(made).toBe(0);
	expect(get()).toEqual({ number: 1 });
	expect(get()).toBe(get());
	expect(made).toBe(1);
});

test("what could not be made is tried again", () => {
	let tries = 0;
	const get = onFirstUse(() => {
		tries += 1;
		if (tries === 1) throw new Error("locked");
		return { tries };
	});
	expect(get).toThrow("locked");
	expect(get()).toEqual({ tries: 2 });
});
