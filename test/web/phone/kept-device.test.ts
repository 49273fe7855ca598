import { describe, expect, test } from "bun:test";
import { deviceKeeper, newId, type Shelf } from "../../../src/web/phone/kept-device.ts";

function shelf(): Shelf {
	const kept = new Map<string, string>();
	return {
		getItem: (key) => kept.get(key) ?? null,
		setItem: (key, value) => void kept.set(key, value),
		removeItem: (key) => void kept.delete(key),
	};
}

const DEVICE = { id: "a", password: "b" };

describe("what a browser keeps of a device", () => {
	test("is there at the next visit, each page its own", () => {
		const [lasting, tab] = [shelf(), shelf()];
		const open = (page: string, own = shelf()) =>
			deviceKeeper(page, { lasting: () => lasting, tab: () => own });
		open("Bulb", tab).write(DEVICE);
		expect(open("Bulb").read()).toEqual(DEVICE);
		expect(open("Screen").read()).toBeUndefined();
		open("Bulb").clear();
		expect(open("Bulb").read()).toBeUndefined();
	});

	test("a tab can be another device, which lasts as long as the tab", () => {
		const [lasting, tab] = [shelf(), shelf()];
		const open = (own: Shelf) => deviceKeeper("Bulb", { lasting: () => lasting, tab: () => own });
		open(shelf()).write(DEVICE);
		const keeper = open(tab);
		keeper.onlyInTab();
		expect(keeper.read()).toBeUndefined();
		keeper.write({ id: "c", password: "d" });
		expect([open(tab).read()?.id, open(shelf()).read()?.id]).toEqual(["c", "a"]);
		open(tab).clear();
		expect([open(tab).read(), open(shelf()).read()?.id]).toEqual([undefined, "a"]);
	});

	test("a browser that stores nothing has it until the page is closed", () => {
		const refuse = (): Shelf => {
			throw new Error("SecurityError");
		};
		const keeper = deviceKeeper("Bulb", { lasting: refuse, tab: refuse });
		keeper.write(DEVICE);
		expect(keeper.read()).toEqual(DEVICE);
		keeper.clear();
		expect(keeper.read()).toBeUndefined();
	});

	test.each(["", "null", "7", "{", '{"id":1}', '{"id":"a"}'])("nonsense is nothing: %s", (text) => {
		const lasting = shelf();
		lasting.setItem("iottalk-da-Bulb", text);
		const keeper = deviceKeeper("Bulb", { lasting: () => lasting, tab: shelf });
		expect(keeper.read()).toBeUndefined();
	});

	test("ids are random UUIDs of version 4", () => {
		const ids = new Set(Array.from({ length: 50 }, newId));
		expect(ids.size).toBe(50);
		for (const id of ids) {
			expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
		}
	});
});
