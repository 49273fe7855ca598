import { describe, expect, test } from "bun:test";
import { Turns } from "../../../src/dataflow/workbench/turns.ts";

/** Turns whose jobs end when the test says so. */
function openTurns(limits = { perPerson: 3, total: 10 }) {
	const turns = new Turns(limits);
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
	return { turns, done, job, finish };
}

describe("turns", () => {
	test("people take turns, however many jobs each of them has", async () => {
		const { turns, done, job, finish } = openTurns();
		for (const name of ["ann 1", "ann 2", "ann 3", "bob 1", "cid 1", "bob 2"]) {
			void turns.add(name.slice(0, 3), job(name));
		}
		while (!turns.isIdle) await finish();
		expect(done).toEqual(["ann 1", "ann 2", "bob 1", "cid 1", "ann 3", "bob 2"]);
	});

	test("urgent jobs go before those that wait", async () => {
		const { turns, done, job, finish } = openTurns();
		void turns.add("ann", job("ann"));
		void turns.add("bob", job("bob"));
		void turns.addUrgent(job("check 1"));
		void turns.addUrgent(job("check 2"));
		while (!turns.isIdle) await finish();
		expect(done).toEqual(["ann", "check 1", "check 2", "bob"]);
	});

	test("more than a person's or everyone's share is refused at once", async () => {
		const { turns, job, finish } = openTurns({ perPerson: 2, total: 3 });
		const first = turns.add("ann", job("ann 1"));
		void turns.add("ann", job("ann 2"));
		expect(turns.add("ann", job("ann 3"))).toBe("person");
		void turns.add("bob", job("bob 1"));
		void turns.add("cid", job("cid 1"));
		expect(turns.waiting).toBe(3);
		expect(turns.add("dan", job("dan 1"))).toBe("all");
		await finish();
		expect(await first).toBe("ann 1");
		void turns.add("ann", job("ann 3"));
		while (!turns.isIdle) await finish();
		expect(turns.waiting).toBe(0);
	});

	test("a job that fails fails alone", async () => {
		const { turns, job, finish } = openTurns();
		const failed = turns.add("ann", () => Promise.reject(new Error("no")));
		const next = turns.add("ann", job("next"));
		expect(await Promise.resolve(failed).catch(String)).toBe("Error: no");
		await finish();
		expect(await next).toBe("next");
	});
});
