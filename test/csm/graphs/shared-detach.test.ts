import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type GraphKey, graphName } from "../../../src/contract/mod.ts";
import { SharedDetach } from "../../../src/csm/graphs/shared-detach.ts";
import { systemClock } from "../../../src/kit/clock.ts";
import { ElsewhereError, StorageError } from "../../../src/kit/errors.ts";
import { openCsmStore } from "../../support/csm-store.ts";
import { recordedLog } from "../../support/log.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { until } from "../../support/waiting.ts";

const keys = ["1", "2"].map((graph) => ({ client: "c", graph }));
const other = { client: "d", graph: "1" };

let folder: string;
let made: ReturnType<typeof openCsmStore>;
beforeEach(async () => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-detach-"));
	made = openCsmStore(folder);
	await made.csm.write(async ({ graphs }) => {
		for (const key of [...keys, other]) await graphs.add(key);
	});
});
afterEach(async () => {
	await made.store.close();
	rmSync(folder, { recursive: true });
});

const remove = (key: GraphKey) => made.csm.write(({ graphs }) => graphs.remove(key));
const stored = async () => (await made.csm.rows.graphs.all(() => {})).map(graphName).toSorted();

/** Whatever is told to a node waits in `asked`, and is done with `hear`. */
function make({ detach = remove, clock = systemClock }: Partial<SharedDetachParts> = {}) {
	const asked: string[] = [];
	const { log, lines } = recordedLog("api");
	let hear = async (_: GraphKey) => false;
	const state = { isOurs: true };
	const detaching = new SharedDetach({
		...{ store: made.csm, clock, log, detach },
		partitions: {
			isOurs: () => state.isOurs,
			detachGraph: async (key) => void asked.push(graphName(key)),
			onDetachGraph: (given) => {
				hear = given;
			},
		},
	});
	detaching.start();
	return { detaching, asked, lines, state, hear: (key: GraphKey) => hear(key) };
}
interface SharedDetachParts {
	detach: (key: GraphKey) => Promise<void>;
	clock: ManualClock | typeof systemClock;
}

test("it is over when all graphs of the client are gone, and not before", async () => {
	const { detaching, asked, hear } = make();
	let isOver = false;
	const detached = detaching.detachAll("c").then(() => {
		isOver = true;
	});
	await until(() => asked.length === 2, "the nodes to be told");
	expect(asked.toSorted()).toEqual(["c/1", "c/2"]);
	for (const key of keys) {
		expect(isOver).toBe(false);
		expect(await hear(key)).toBe(true);
	}
	await detached;
	expect(await stored()).toEqual(["d/1"]);
	await detaching.detachAll("c");
	expect(asked).toHaveLength(2);
});

test("a graph that is another node's by now is left to that one, with any other trouble it is not tried again", async () => {
	const trouble: Error[] = [new ElsewhereError("another node's"), new StorageError("no disk")];
	const { hear, lines } = make({ detach: () => Promise.reject(trouble.shift()) });
	expect(await hear(other)).toBe(false);
	expect(lines).toEqual([]);
	expect(await hear(other)).toBe(true);
	expect(String(lines)).toContain("cannot detach a graph");
});

test("who waits in vain is told; a client that is another node's by now is left to that", async () => {
	const clock = new ManualClock();
	const { detaching, state } = make({ clock });
	const move = async (until: () => boolean) => {
		while (!until()) {
			clock.move(500);
			await Bun.sleep(1);
		}
	};
	let said: unknown;
	void detaching.detachAll("c").catch((error: unknown) => {
		said = error;
	});
	await move(() => said !== undefined);
	expect(said).toBeInstanceOf(StorageError);
	expect(String(said)).toContain("2 of them are on nodes that do not answer");
	expect(clock.now()).toBeGreaterThanOrEqual(30_000);
	said = undefined;
	state.isOurs = false;
	void detaching.detachAll("c").catch((error: unknown) => {
		said = error;
	});
	await move(() => said !== undefined);
	expect(said).toBeInstanceOf(ElsewhereError);
});
