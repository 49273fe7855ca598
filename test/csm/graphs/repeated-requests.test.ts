import { expect, test } from "bun:test";
import { newGraph } from "../../../src/csm/graphs/live-graph.ts";
import { RepeatedRequests } from "../../../src/csm/graphs/repeated-requests.ts";

const KEY = { client: "c", graph: "1" };
const ADD = { op: "add_link", da_id: "d", idf: "f" };
const OK = { ...ADD, state: "ok" };

/** What a database keeps of the last request of the graph that changed something. */
class Stored {
	last: string | undefined;
	asked = 0;

	async wasDone(_: string, digest: string): Promise<boolean> {
		this.asked += 1;
		return digest === this.last;
	}
}

function takenOver() {
	return { ...newGraph(KEY), isTakenOver: true };
}

test("a request that the former node has done is answered, and not done again", async () => {
	const stored = new Stored();
	const first = new RepeatedRequests(stored);
	await first.run(newGraph(KEY), ADD, () => {
		stored.last = first.of("c/1");
		return OK;
	});
	expect(first.of("c/1")).toBeUndefined();
	const next = new RepeatedRequests(stored);
	const graph = takenOver();
	let times = 0;
	const work = () => {
		times += 1;
		return { state: "done" };
	};
	expect(await next.run(graph, ADD, work)).toEqual(OK);
	// Now it is the client that asks again.
	expect(await next.run(graph, ADD, work)).toEqual({ state: "done" });
	expect([times, stored.asked]).toEqual([1, 1]);
});

test("any other request is done, and whatever comes behind it", async () => {
	const stored = new Stored();
	const requests = new RepeatedRequests(stored);
	const graph = takenOver();
	stored.last = "another";
	expect(await requests.run(graph, ADD, () => ({ state: "done" }))).toEqual({ state: "done" });
	expect(graph.isTakenOver).toBe(false);
});

test("while the database does not answer, it stays the first one", async () => {
	const requests = new RepeatedRequests({
		wasDone: () => Promise.reject(new Error("away")),
	});
	const graph = takenOver();
	await expect(requests.run(graph, ADD, () => OK)).rejects.toThrow("away");
	expect(graph.isTakenOver).toBe(true);
});

test("a server that is alone asks no one", async () => {
	const requests = new RepeatedRequests(undefined);
	expect(await requests.run(takenOver(), ADD, () => OK)).toEqual(OK);
	expect(await requests.run(undefined, ADD, () => OK)).toEqual(OK);
});
