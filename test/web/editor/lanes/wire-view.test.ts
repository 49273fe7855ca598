import { beforeEach, describe, expect, test } from "bun:test";
import { effect, signal } from "@preact/signals";
import { wiresOf } from "../../../../src/web/editor/lanes/model.ts";
import { type WireView, WireViews } from "../../../../src/web/editor/lanes/wire-view.ts";
import type { Selection } from "../../../../src/web/editor/routes.ts";
import { block, join, port, project } from "./graphs.ts";
import { OpenProjectOfTest } from "./open-project.ts";

const bound = { bindings: [{ seat: 0, mac_addr: "m" }] };
const document = project(
	[block(1, [port(11, "input")], bound), block(2, [port(21, "output")])],
	[join(5, [11, 21])],
);

describe("a wire", () => {
	let open: OpenProjectOfTest;
	let views: WireViews;
	let wire: WireView;
	const selection = signal<Selection | undefined>();
	const beat = signal(0);

	beforeEach(() => {
		open = new OpenProjectOfTest(document);
		views = new WireViews({ project: open, selection, beat });
		const [first] = views.sync(wiresOf(document));
		if (first === undefined) throw new Error("there is no wire");
		wire = first;
		open.linkOf(5, 11).value = { state: "running" };
		wire.isInView.value = true;
	});

	test("shows what it carries", () => {
		expect(wire.text.value).toBe("–");
		open.carry(5, 11, "[21.5]", [1, 2]);
		expect(wire.text.value).toBe("21.5");
		expect(wire.points.value).not.toBe("");
		expect(wire.chipClass.value).toContain("lanes-is-running");
	});

	test("follows no values while it is out of view", () => {
		const seen: string[] = [];
		const end = effect(() => {
			seen.push(wire.text.value);
			wire.points.value;
			wire.chipClass.value;
		});
		wire.isInView.value = false;
		const before = seen.length;
		for (let i = 0; i < 10; i++) open.carry(5, 11, `[${i}]`, [i]);
		expect(seen.length).toBe(before);
		wire.isInView.value = true;
		expect(seen.at(-1)).toBe("9");
		end();
	});

	test("changes its looks only with its state, not with each value", () => {
		open.carry(5, 11, "[0]", [0, 1]);
		const classes: string[] = [];
		const end = effect(() => void classes.push(wire.chipClass.value));
		for (let i = 0; i < 10; i++) open.carry(5, 11, `[${i}]`, [0, i + 2]);
		expect(classes).toHaveLength(1);
		end();
	});

	test("shows no value as current when contact is lost, the project is off or the value is old", () => {
		open.carry(5, 11, "[21.5]", [1, 2]);
		beat.value = 60_000;
		expect(wire.chipClass.value).toContain("lanes-quiet");
		beat.value = 0;
		open.contact.value = { state: "lost", since: 0 };
		expect(wire.state.value).toBe("stale");
		expect(wire.points.value).toBe("");
		open.contact.value = { state: "live" };
		open.document.value = { ...document, status: "off" };
		expect(wire.text.value).toBe("");
	});

	test("has the trouble of its link, of its function, and of its side's only function", () => {
		open.fail(5, null, "idf", "NameError");
		expect(wire.trouble.value).toBeUndefined();
		open.fail(5, 11, "idf", "TypeError");
		expect([wire.state.value, wire.trouble.value]).toEqual(["broken", "TypeError"]);
		open.linkOf(5, 11).value = { state: "failed", reason: "refused" };
		expect([wire.state.value, wire.trouble.value]).toEqual(["failed", "refused"]);
	});

	test("is marked with what it is part of", () => {
		const marks: readonly (readonly [Selection | undefined, boolean])[] = [
			[{ kind: "join", id: 5 }, true],
			[{ kind: "port", id: 11 }, true],
			[{ kind: "block", id: 1 }, true],
			[{ kind: "wire", id: 5, dfoId: 11 }, true],
			[{ kind: "wire", id: 5, dfoId: 21 }, false],
			[{ kind: "block", id: 2 }, false],
			[{ kind: "log" }, false],
			[undefined, false],
		];
		for (const [what, isHot] of marks) {
			selection.value = what;
			expect([what, wire.isHot.value]).toEqual([what, isHot]);
		}
	});
});

test("views stay with their wires, and what asks for one follows that", () => {
	const open = new OpenProjectOfTest(document);
	const views = new WireViews({ project: open, selection: signal(), beat: signal(0) });
	const [first] = views.sync(wiresOf(document));
	const seen: (WireView | undefined)[] = [];
	const end = effect(() => void seen.push(views.get("6-11")));
	const more = { ...document, joins: [...document.joins, join(6, [11, 21])] };
	expect(views.sync(wiresOf(more))[0]).toBe(first);
	expect(seen).toEqual([undefined, views.get("6-11")]);
	views.sync(wiresOf(document));
	expect(seen.at(-1)).toBeUndefined();
	end();
});
