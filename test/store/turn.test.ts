import { afterEach, expect, test } from "bun:test";
import { Turn } from "../../src/store/turn.ts";

let turn: Turn;
afterEach(() => turn.end());

test("a turn lasts as long as nothing else of the event loop runs", async () => {
	turn = new Turn();
	const { number } = turn;
	for (let calls = 0; calls < 100; calls++) await Promise.resolve();
	expect(turn.number).toBe(number);
	await turn.next();
	// Each timer that fires meanwhile counts as well.
	expect(turn.number).toBeGreaterThan(number);
});

test("others have their turn before the next one begins", async () => {
	turn = new Turn();
	let ran = false;
	setImmediate(() => {
		ran = true;
	});
	await turn.next();
	await turn.next();
	expect(ran).toBe(true);
});

test("a turn is long once it has kept everything else waiting for milliseconds", () => {
	const start = performance.now();
	turn = new Turn();
	while (!turn.isLong) if (performance.now() - start > 5000) throw new Error("It is never long");
	expect(performance.now() - start).toBeGreaterThan(5);
});
