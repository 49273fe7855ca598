import { expect, test } from "bun:test";
import { ChangesInFlight } from "../../src/cluster/changes-in-flight.ts";

test("are over when each has ended, however often that is said", async () => {
	const changes = new ChangesInFlight();
	await changes.over();
	const [first, second] = [changes.begin(), changes.begin()];
	let isOver = false;
	const over = changes.over().then(() => {
		isOver = true;
	});
	first();
	first();
	await Promise.resolve();
	expect(isOver).toBe(false);
	second();
	await over;
	await changes.over();
	// Those that begin later are waited for as well.
	const third = changes.begin();
	const again = changes.over().then(() => "over");
	third();
	expect(await again).toBe("over");
});
