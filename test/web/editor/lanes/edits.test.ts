import { beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { signal } from "@preact/signals";
import type { NoticeAction } from "../../../../src/web/editor/app-context.ts";
import { Edits } from "../../../../src/web/editor/lanes/edits.ts";
import { Names } from "../../../../src/web/editor/lanes/names.ts";
import { WireViews } from "../../../../src/web/editor/lanes/wire-view.ts";
import { loadAllTexts } from "../support/words.ts";
import { block, join, port, project } from "./graphs.ts";
import { OpenProjectOfTest } from "./open-project.ts";

beforeAll(loadAllTexts);

const document = project(
	[block(1, [port(11, "input"), port(12, "input")]), block(2, [port(21, "output")])],
	[join(5, [11, 21]), join(6, [11, 12, 21])],
);
const inverse = [{ kind: "rename_join", na_id: 5, na_name: "before" }] as const;

describe("edits in the lanes", () => {
	let open: OpenProjectOfTest;
	let said: { text: string; kind?: string | undefined; action?: NoticeAction | undefined }[];
	let edits: Edits;

	beforeEach(() => {
		open = new OpenProjectOfTest(document);
		open.answer = { ok: true, body: { rev: 2, changes: [], inverse } };
		said = [];
		const app = {
			notices: {
				say: (text: string, kind?: string, action?: NoticeAction) =>
					void said.push({ text, kind, action }),
			},
		};
		const views = new WireViews({ project: open, selection: signal(), beat: signal(0) });
		edits = new Edits({ app, project: open, names: new Names(open, views) });
	});

	test("remove blocks, joins, a link, and all links of a port", async () => {
		await edits.remove({ kind: "block", id: 2 });
		await edits.remove({ kind: "join", id: 5 });
		await edits.remove({ kind: "wire", id: 6, dfoId: 12 });
		await edits.remove({ kind: "port", id: 11 });
		const unlink = (na_id: number, dfo_id: number) => ({ kind: "remove_link", na_id, dfo_id });
		expect(open.asked as unknown[]).toEqual([
			[{ kind: "remove_block", do_id: 2 }],
			[{ kind: "remove_join", na_id: 5 }],
			[unlink(6, 12)],
			[unlink(5, 11), unlink(6, 11)],
		]);
		expect(said).toHaveLength(4);
	});

	test("remove nothing that is not there", async () => {
		expect(await edits.remove({ kind: "block", id: 99 })).toBe(false);
		expect(await edits.remove({ kind: "join", id: 99 })).toBe(false);
		expect(await edits.remove({ kind: "port", id: 99 })).toBe(false);
		expect(await edits.remove({ kind: "log" })).toBe(false);
		expect(open.asked).toEqual([]);
	});

	test("are taken back as a step, or by their inverse once something else was done", async () => {
		await edits.remove({ kind: "join", id: 5 });
		const [notice] = said;
		open.document.value = { ...document, rev: 2 };
		notice?.action?.run();
		open.document.value = { ...document, rev: 3 };
		notice?.action?.run();
		expect(open.asked.slice(1)).toEqual(["undo", inverse]);
	});

	test("say why the server refused them", async () => {
		open.answer = { ok: false, status: 409, reason: "someone was faster", details: {} };
		expect(await edits.remove({ kind: "join", id: 5 })).toBe(false);
		expect(said.map(({ text, kind }) => [text.includes("someone was faster"), kind])).toEqual([
			[true, "bad"],
		]);
	});

	test("move blocks, and send nothing where one stays", async () => {
		await edits.moveBy(1, "input", -1);
		await edits.moveBefore(2, 1);
		expect(open.asked as unknown[]).toEqual([[{ kind: "move_block", do_id: 2, at: 0 }]]);
	});
});
