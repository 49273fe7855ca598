import { beforeAll, expect, test } from "bun:test";
import { signal } from "@preact/signals";
import { wiresOf } from "../../../../src/web/editor/lanes/model.ts";
import { Names } from "../../../../src/web/editor/lanes/names.ts";
import { WireViews } from "../../../../src/web/editor/lanes/wire-view.ts";
import { loadAllTexts } from "../support/words.ts";
import { block, join, port, project } from "./graphs.ts";
import { OpenProjectOfTest } from "./open-project.ts";

beforeAll(loadAllTexts);

const document = project(
	[block(1, [port(11, "input"), port(12, "input")]), block(2, [port(21, "output")])],
	[join(5, [11, 21])],
);

test("what has the focus is described with its value and state", () => {
	const open = new OpenProjectOfTest(document);
	const views = new WireViews({ project: open, selection: signal(), beat: signal(0) });
	views.sync(wiresOf(document));
	const names = new Names(open, views);
	open.linkOf(5, 11).value = { state: "running" };
	open.carry(5, 11, "[21.5]");
	for (const what of [
		{ kind: "wire", id: 5, dfoId: 11 } as const,
		{ kind: "port", id: 11 } as const,
	])
		expect(names.nowOf(what)).toContain("[21.5]");
	expect(names.nowOf({ kind: "port", id: 11 })).toContain("Join 5");
	expect(names.nowOf({ kind: "port", id: 12 })).not.toBe("");
	expect(names.nowOf({ kind: "block", id: 1 })).toBe("");
	expect(names.ofWire({ naId: 5, dfoId: 11 })).toContain("input-11");
});
