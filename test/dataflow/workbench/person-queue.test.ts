import { describe, expect, test } from "bun:test";
import { PersonQueue } from "../../../src/dataflow/workbench/person-queue.ts";

/** A queue whose jobs end when the test says so. */
function openTurns(limits = { perPerson: 3, total: 10 }) {
	const queue = new PersonQueue(limits);
	const done: string[] = [];
	let end = () => {};
	const job = (name: string) => async () => {
		const { promise, resolve } = Promise.withResolvers<void>();
		end = resolve;
		await promise;
		done.push(name);
		return name;
	};
	const finish = async () => {
		end();
		await Bun.sleep(0);
	};
	return { queue, done, job, finish };
}

describe("a queue by people", () => {
	test("people take queue, however many jobs each of them has", async () => {
		const { queue, done, job, finish } = openTurns();
		for (const name of ["ann 1", "ann 2", "ann 3", "bob 1", "cid 1", "bob 2"]) {
			void queue.add(name.slice(0, 3), job(name));
		}
		while (!queue.isIdle) await finish();
		expect(done).toEqual(["ann 1", "ann 2", "bob 1", "cid 1", "ann 3", "bob 2"]);
	});

	test("urgent jobs go before those that wait", async () => {
		const { queue, done, job, finish } = openTurns();
		void queue.add("ann", job("ann"));
		void queue.add("bob", job("bob"));
		void queue.addUrgent(job("check 1"));
		void queue.addUrgent(job("check 2"));
		while (!queue.isIdle) await finish();
		expect(done).toEqual(["ann", "check 1", "check 2", "bob"]);
	});

	test("more than a person's or everyone's share is refused at once", async () => {
		const { queue, job, finish } = openTurns({ perPerson: 2, total: 3 });
		const first = queue.add("ann", job("ann 1"));
		void queue.add("ann", job("ann 2"));
		expect(queue.add("ann", job("ann 3"))).toBe("person");
		void queue.add("bob", job("bob 1"));
		void queue.add("cid", job("cid 1"));
		expect(queue.waiting).toBe(3);
		expect(queue.add("dan", job("dan 1"))).toBe("all");
		await finish();
		expect(await first).toBe("ann 1");
		void queue.add("ann", job("ann 3"));
		while (!queue.isIdle) await finish();
		expect(queue.waiting).toBe(0);
	});

	test("a job that fails fails alone", async () => {
		const { queue, job, finish } = openTurns();
		const failed = queue.add("ann", () => Promise.reject(new Error("no")));
		const next = queue.add("ann", job("next"));
		expect(await Promise.resolve(failed).catch(String)).toBe("Error: no");
		await finish();
		expect(await next).toBe("next");
	});
});
