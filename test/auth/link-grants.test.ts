import { expect, test } from "bun:test";
import { LinkGrants } from "../../src/auth/link-grants.ts";
import type { Device } from "../../src/auth/principal.ts";
import { TopicGrants } from "../../src/auth/topic-grants.ts";

const device: Device = { kind: "device", id: "d", stamp: "" };
const idf = { daId: "d", mode: "idf", feature: "f" } as const;
const odf = { daId: "d", mode: "odf", feature: "f" } as const;

function build() {
	const grants = new TopicGrants();
	const taken: string[] = [];
	grants.onTaken((owner, filter) => taken.push(`${owner} ${filter}`));
	const links = new LinkGrants(grants);
	const rights = (topic: string) => [
		grants.mayPublish(device, topic),
		grants.maySubscribe(device, topic),
	];
	return { grants, links, rights, taken };
}

test("a device publishes to topics of its IDFs and subscribes to those of its ODFs", () => {
	const { grants, links, rights } = build();
	links.linked(idf, "in");
	links.linked(odf, "out");
	expect([rights("in"), rights("out")]).toEqual([
		[true, false],
		[false, true],
	]);
	expect(grants.mayPublish({ ...device, id: "e" }, "in")).toBe(false);
	links.unlinked(idf);
	expect([rights("in"), rights("out")]).toEqual([
		[false, false],
		[false, true],
	]);
});

test("a feature's new topic replaces the previous one, and the same topic again changes nothing", () => {
	const { links, rights, taken } = build();
	links.linked(odf, "old");
	links.linked(odf, "old");
	expect(taken).toEqual([]);
	links.linked(odf, "new");
	expect([rights("old"), rights("new"), taken]).toEqual([[false, false], [false, true], ["d old"]]);
	links.unlinked(odf);
	links.unlinked(odf);
	links.unlinked(idf);
	expect([rights("new"), taken]).toEqual([
		[false, false],
		["d old", "d new"],
	]);
});

test("rights of devices that another node has from now on are gone, those of others stay", () => {
	const { grants, links, rights, taken } = build();
	links.linked(idf, "in");
	links.linked(odf, "out");
	links.linked({ ...odf, daId: "e" }, "other");
	links.forget((id) => id === "d");
	expect([rights("in"), rights("out"), taken]).toEqual([[false, false], [false, false], ["d out"]]);
	expect(grants.maySubscribe({ ...device, id: "e" }, "other")).toBe(true);
	// It may come back with another topic.
	links.linked(odf, "new");
	expect(rights("new")).toEqual([false, true]);
});
