import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { GraphView } from "../../src/contract/views.ts";
import { Flow } from "../support/flow.ts";
import { call } from "../support/gateway.ts";
import { startTarget, type Target } from "../support/target.ts";
import { LONG_DEADLINE_MS } from "../support/waiting.ts";

let target: Target;
beforeAll(async () => {
	target = await startTarget();
});
afterAll(() => target.dispose());

const SLOW = "import time\ndef run(x):\n  time.sleep(0.01)\n  return x\n";
const FLOOD = 300;
/** Messages of an input that may wait. */
const QUEUE = 100;
/** Messages of the slow graph for each of the other one: many times what the queue holds. */
const FLOOD_FOR_EACH = 10;
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

	test("one loses no message of its own while a slow one gets more than its queue holds", async () => {
		const small = await startTarget({ esm: { "queue-per-link": QUEUE, engines: 1 } });
		const slow = await Flow.build(small, { idfs: [{ code: SLOW }], odfs: [{}] });
		const quick = await Flow.build(small, {
			idfs: [{ code: "def run(x): return x\n" }],
			odfs: [{}],
		});
		await slow.expect([-1], [-1]);
		await quick.expect([-1], [-1]);
		const sent: Promise<void>[] = [];
		for (let n = 0; n < QUEUE; n++) {
			for (let more = 0; more < FLOOD_FOR_EACH; more++) sent.push(slow.send([n]));
			sent.push(quick.send([n]));
		}
		await Promise.all(sent);
		for (let n = 0; n < QUEUE; n++) expect((await quick.receive()).text).toBe(`[${n}]`);
		const { text } = await call(small, "GET", "/api/graphs");
		const graphs = JSON.parse(text) as GraphView[];
		const droppedOf = ({ idfTopics: [topic] }: Flow) =>
			graphs.find(({ idfs }) => idfs[0]?.topic === topic)?.dropped;
		expect(droppedOf(quick)).toBe(0);
		expect(droppedOf(slow)).toBeGreaterThan(0);
		await small.dispose();
	});
});
