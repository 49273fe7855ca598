import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Flow } from "../support/flow.ts";
import { startTarget, type Target } from "../support/target.ts";
import { LONG_DEADLINE_MS } from "../support/waiting.ts";

let target: Target;
beforeAll(async () => {
	target = await startTarget();
});
afterAll(() => target.dispose());

const SLOW = "import time\ndef run(x):\n  time.sleep(0.01)\n  return x\n";
const FLOOD = 300;
/** How many messages of the slow graph may be run between a message of another graph and its result. */
const MOST_BEFORE = 5;

describe("§5.3 graphs that share an engine", () => {
	test("a message of one does not wait for those of a slow one that is flooded", async () => {
		const slow = await Flow.build(target, { idfs: [{ code: SLOW }], odfs: [{}] });
		const quick = await Flow.build(target, {
			idfs: [{ code: "def run(x): return x\n" }],
			odfs: [{}],
		});
		// What the functions take is known from then on.
		await slow.expect([-1], [-1]);
		await quick.expect([-1], [-1]);
		for (let n = 0; n < FLOOD; n++) await slow.send([n]);
		let done = 0;
		const received = async () => {
			for (; done < FLOOD; done++) await slow.receive(0, LONG_DEADLINE_MS);
		};
		const all = received();
		for (let n = 0; n < 10; n++) {
			const before = done;
			await quick.expect([n], [n]);
			expect(done - before).toBeLessThanOrEqual(MOST_BEFORE);
		}
		expect(done).toBeLessThan(FLOOD);
		await all;
	});
});
