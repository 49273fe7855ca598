import { expect, test } from "bun:test";
import { LinkGrants, type Principal, TopicGrants } from "../../src/auth/mod.ts";
import type { LinkKey } from "../../src/contract/mod.ts";
import { LinkEffects } from "../../src/csm/link-effects.ts";

const DEVICE: Principal = { kind: "device", id: "d", stamp: "" };
const IDF: LinkKey = { daId: "d", mode: "idf", feature: "f" };
const ODF: LinkKey = { daId: "d", mode: "odf", feature: "f" };

test("a device may use a link's topic before it hears of it, and no longer when it ends", async () => {
	const grants = new TopicGrants();
	const heard: unknown[] = [];
	const rights = () => [grants.mayPublish(DEVICE, "up"), grants.maySubscribe(DEVICE, "down")];
	const effects = new LinkEffects(new LinkGrants(grants), {
		attach: async ({ mode }, topic) => void heard.push(["attach", mode, topic, ...rights()]),
		restore: ({ mode }, topic) => void heard.push(["restore", mode, topic, ...rights()]),
		detach: async ({ mode }) => void heard.push(["detach", mode, ...rights()]),
	});
	await effects.attach(IDF, "up");
	effects.restore(ODF, "down");
	await effects.detach(IDF);
	await effects.detach(ODF);
	expect(heard).toEqual([
		["attach", "idf", "up", true, false],
		["restore", "odf", "down", true, true],
		["detach", "idf", false, true],
		["detach", "odf", false, false],
	]);
});

test("devices that another node has from now on have no rights here", async () => {
	const grants = new TopicGrants();
	const effects = new LinkEffects(new LinkGrants(grants));
	effects.restore(ODF, "down");
	effects.forget((id) => id === "d");
	expect(grants.maySubscribe(DEVICE, "down")).toBe(false);
});
