import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LinkKey } from "../../../src/contract/mod.ts";
import { OwnTopics, SharedTopics } from "../../../src/csm/graphs/topic-book.ts";
import type { LinkSettings } from "../../../src/csm/store/links.ts";
import { openCsmStore } from "../../support/csm-store.ts";

const one = { client: "c", graph: "1" };
const two = { client: "c", graph: "2" };
const key: LinkKey = { daId: "d", mode: "idf", feature: "f" };
const output: LinkKey = { ...key, mode: "odf" };
const settings: LinkSettings = {
	func: { digest: null, depends: {} },
	...{ inputType: null, paramNo: null, tagParamNo: 0, error: null },
};

let folder: string;
let made: ReturnType<typeof openCsmStore>;
beforeEach(async () => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-topics-"));
	made = openCsmStore(folder);
	await made.csm.write(async ({ graphs }) => {
		await graphs.add(one);
		await graphs.add(two);
	});
});
afterEach(async () => {
	await made.store.close();
	rmSync(folder, { recursive: true });
});

describe.each([
	["a server alone", () => new OwnTopics()],
	["a cluster", () => new SharedTopics({ inputTopic: (graph, id) => `${graph} ${id}` })],
] as const)("topics of %s", (_, make) => {
	test("links of one key share its topic, until the last is removed", async () => {
		const { csm } = made;
		const topics = make();
		const add = (graph: typeof one, id: number) =>
			csm.write(async ({ links }) => {
				const claim = await topics.claim(links, key, graph);
				await links.put({ ...graph, ...key, ...settings, id, topic: claim.topic }, claim.isFirst);
				return claim;
			});
		const first = await add(one, 1);
		expect(first.isFirst).toBe(true);
		expect(await add(two, 2)).toEqual({ topic: first.topic, isFirst: false });
		expect(await csm.write(({ links }) => topics.remove(links, 1, key))).toBe(false);
		expect(await csm.write(({ links }) => topics.removeAll(links, two, [key]))).toEqual([key]);
		expect(await csm.rows.links.topics()).toEqual([]);
		expect((await add(one, 3)).topic).not.toBe(first.topic);
	});
});

test("in a cluster the topic of an input says which graph it is for, that of an output does not", async () => {
	const topics = new SharedTopics({ inputTopic: (graph, id) => `${graph} ${id}` });
	await made.csm.write(async ({ links }) => {
		expect((await topics.claim(links, key, one)).topic).toStartWith("c/1 ");
		expect((await topics.claim(links, output, one)).topic).toMatch(/^iottalk\/esm\/[0-9a-f-]{36}$/);
	});
});
