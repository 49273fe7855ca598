import { expect, test } from "bun:test";
import { Progress } from "../../../../src/web/editor/project/progress.ts";
import { documentOf } from "../support/scripted-project.ts";

const running = { state: "running" as const };
const failed = { state: "failed" as const, reason: "no" };
const link = (dfo_id: number) => ({ dfo_id, ...running });
const JOIN = { na_id: 7, na_name: "a", na_idx: 0, fn_id: null, crowd: "each" } as const;

test("an event has all links of its joins, and leaves others alone", () => {
	const progress = new Progress();
	progress.begin(
		[],
		[
			{ na_id: 7, links: [link(1), link(2)], join: failed },
			{ na_id: 8, links: [link(1)], join: null },
		],
	);
	expect(progress.joinOf(7).value).toEqual(failed);
	progress.takeLinks([{ na_id: 7, links: [{ dfo_id: 2, ...failed }], join: null }]);
	expect(progress.linkOf(7, 1).value).toBeUndefined();
	expect(progress.linkOf(7, 2).value).toEqual(failed);
	expect(progress.joinOf(7).value).toBeUndefined();
	expect(progress.linkOf(8, 1).value).toEqual(running);
});

test("a new list leaves nothing of the one before", () => {
	const progress = new Progress();
	const device = (mac_addr: string) => ({ mac_addr, d_name: "lamp", status: "online" as const });
	progress.begin([device("a")], [{ na_id: 7, links: [link(1)], join: running }]);
	progress.begin([device("b")], []);
	expect(progress.presenceOf("a").value).toBeUndefined();
	expect(progress.presenceOf("b").value).toEqual(device("b"));
	expect([progress.linkOf(7, 1).value, progress.joinOf(7).value]).toEqual([undefined, undefined]);
});

test("what is not in the document has no progress, and nothing while the project is off", () => {
	const progress = new Progress();
	const joins = [{ ...JOIN, links: [{ dfo_id: 1, params: [] }] }];
	const all = [{ na_id: 7, links: [link(1), link(2)], join: running }];
	progress.begin([], all);
	progress.keep(documentOf(1, { joins }));
	expect(progress.linkOf(7, 1).value).toEqual(running);
	expect(progress.linkOf(7, 2).value).toBeUndefined();
	progress.keep(documentOf(2, { joins, status: "off" }));
	expect([progress.linkOf(7, 1).value, progress.joinOf(7).value]).toEqual([undefined, undefined]);
});
