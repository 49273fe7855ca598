import { describe, expect, test } from "bun:test";
import type { Principal } from "../../src/auth/principal.ts";
import { ownerOf } from "../../src/auth/principal.ts";
import { TopicGrants } from "../../src/auth/topic-grants.ts";

const admin: Principal = { kind: "admin", name: "a", stamp: "" };
const device: Principal = { kind: "device", id: "d", stamp: "" };
const service: Principal = { kind: "service", name: "ccm", stamp: "" };
const person: Principal = { kind: "person", id: 2, name: "p", role: "teacher", stamp: "" };

describe("without grants", () => {
	const grants = new TopicGrants();
	const topics = ["d/ctrl/i", "d/ctrl/o", "e/ctrl/i", "iottalk/api/req/x", "x", "", "$SYS/x"];
	const filters = [...topics, "#", "+/ctrl/o", "d/ctrl/+", "d/#", "$share/g/d/ctrl/o", "$SYS/#"];
	const allowed = (principal: Principal) => [
		topics.filter((topic) => grants.mayPublish(principal, topic)),
		filters.filter((filter) => grants.maySubscribe(principal, filter)),
	];

	test("an admin may use every topic", () => expect(allowed(admin)).toEqual([topics, filters]));

	test("a device may use its control channels, one in each direction", () =>
		expect(allowed(device)).toEqual([["d/ctrl/i"], ["d/ctrl/o"]]));

	test.each([service, person])("a $kind may use none", (principal) =>
		expect(allowed(principal)).toEqual([[], []]),
	);
});

describe("a grant", () => {
	const subscribe = (filter: string) => ({ access: "subscribe", filter }) as const;
	const publish = (filter: string) => ({ access: "publish", filter }) as const;

	test("counts from when it is given until it is taken, for its owner and its way of access", () => {
		const grants = new TopicGrants();
		grants.give(ownerOf(service), publish("t"));
		expect([grants.mayPublish(service, "t"), grants.maySubscribe(service, "t")]).toEqual([
			true,
			false,
		]);
		for (const other of [device, person, { ...service, name: "other" }]) {
			expect(grants.mayPublish(other, "t")).toBe(false);
		}
		grants.take(ownerOf(service), publish("t"));
		expect(grants.mayPublish(service, "t")).toBe(false);
	});

	test("with wildcards covers what it stands for and nothing wider", () => {
		const grants = new TopicGrants();
		grants.give(ownerOf(service), subscribe("res/ccm/#"));
		grants.give(ownerOf(service), publish("req/ccm/+"));
		const heard = ["res/ccm/#", "res/ccm/x/y", "res/ccm/+"];
		const refused = ["res/#", "#", "res/+/x", "res/other"];
		expect([...heard, ...refused].filter((one) => grants.maySubscribe(service, one))).toEqual(
			heard,
		);
		expect(["req/ccm/a", "req/ccm/a/b"].map((one) => grants.mayPublish(service, one))).toEqual([
			true,
			false,
		]);
	});

	test("given twice is taken with the second take; its end is told once", () => {
		const grants = new TopicGrants();
		const taken: string[] = [];
		grants.onTaken((owner, filter) => taken.push(`${owner}: ${filter}`));
		for (const grant of [subscribe("t"), subscribe("t"), publish("t")]) grants.give("d", grant);
		grants.take("d", subscribe("t"));
		expect([grants.maySubscribe(device, "t"), taken]).toEqual([true, []]);
		grants.take("d", subscribe("t"));
		grants.take("d", subscribe("t"));
		grants.take("d", publish("t"));
		grants.take("nobody", subscribe("t"));
		expect([grants.maySubscribe(device, "t"), taken]).toEqual([false, ["d: t"]]);
	});

	test("of a device does not end its control channels", () => {
		const grants = new TopicGrants();
		grants.give("d", publish("d/ctrl/i"));
		grants.take("d", publish("d/ctrl/i"));
		expect(grants.mayPublish(device, "d/ctrl/i")).toBe(true);
	});
});
