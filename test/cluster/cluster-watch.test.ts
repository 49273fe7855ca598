import { describe, expect, test } from "bun:test";
import { ClusterWatch } from "../../src/cluster/cluster-watch.ts";
import { StorageError } from "../../src/kit/errors.ts";
import { ManualClock } from "../support/manual-clock.ts";

/** A database that answers when it is told to. */
class Answering {
	readonly asked: PromiseWithResolvers<unknown[][]>[] = [];

	ask(): Promise<unknown[][]> {
		const asked = Promise.withResolvers<unknown[][]>();
		this.asked.push(asked);
		return asked.promise;
	}

	/** Answers all three questions of a reading. */
	async answer(name: string): Promise<void> {
		for (const rows of [[[name]], [], []]) {
			this.asked.pop()?.resolve(rows);
			await settled();
		}
	}
}

/** Until what was answered has been taken up. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("what a node knows of all nodes", () => {
	const make = () => {
		const clock = new ManualClock();
		const database = new Answering();
		return { clock, database, watch: new ClusterWatch("a", { database, clock }) };
	};

	test("is read when it is asked for, once a second at most however many ask", async () => {
		const { clock, database, watch } = make();
		expect(database.asked).toHaveLength(0);
		const both = Promise.all([watch.read(), watch.read()]);
		expect(watch.latest).toBeNull();
		expect(database.asked).toHaveLength(1);
		await database.answer("lab");
		const [first, second] = await both;
		expect(first).toEqual(second);
		expect(first).toMatchObject({ name: "lab", node: "a", age_seconds: 0, problem: null });
		clock.move(900);
		expect(watch.latest).toMatchObject({ age_seconds: 0.9 });
		expect(database.asked).toHaveLength(0);
		clock.move(200);
		expect(watch.latest).toMatchObject({ name: "lab", age_seconds: 1.1 });
		expect(database.asked).toHaveLength(1);
	});

	test("is what it was, with its age and the reason, while the database is away or late", async () => {
		const { clock, database, watch } = make();
		const first = watch.read();
		await database.answer("lab");
		await first;
		clock.move(5000);
		const late = watch.read();
		clock.move(1000);
		expect(await late).toMatchObject({ name: "lab", age_seconds: 6, problem: null });
		database.asked.pop()?.reject(new StorageError("its database does not answer"));
		await settled();
		expect(watch.latest).toMatchObject({ problem: "its database does not answer" });
		clock.move(1000);
		const again = watch.read();
		await database.answer("lab");
		expect(await again).toMatchObject({ age_seconds: 0, problem: null });
	});
});
