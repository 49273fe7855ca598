import { expect, test } from "bun:test";
import { grantServices } from "../../src/auth/service-grants.ts";
import { TopicGrants } from "../../src/auth/topic-grants.ts";

const named = (name: string) => ({ kind: "service", name, stamp: "" }) as const;

test("a project manager of its own may use CSM's APIs as itself, and answer pages", () => {
	const grants = new TopicGrants();
	const can = (name: string) => ({
		publish: (topic: string) => grants.mayPublish(named(name), topic),
		subscribe: (filter: string) => grants.maySubscribe(named(name), filter),
	});
	const before = can("ccm");
	expect(before.publish("iottalk/api/req/ccm/graph/1")).toBe(false);
	grantServices(grants);
	const ccm = can("ccm");
	expect(ccm.publish("iottalk/api/req/ccm/graph/1")).toBe(true);
	expect(ccm.subscribe("iottalk/api/res/ccm/#")).toBe(true);
	expect(ccm.publish("iottalk/api/req/gui/graph/1")).toBe(false);
	expect(ccm.subscribe("iottalk/api/res/#")).toBe(false);
	expect(ccm.publish("iottalk/api/res/ccm/graph/1")).toBe(false);
	expect(ccm.subscribe("#")).toBe(false);
	expect(ccm.subscribe("iottalk/esm/0d3d3c2e-0000-4000-8000-000000000000")).toBe(false);
	expect(ccm.publish("0d3d3c2e-0000-4000-8000-000000000000/ctrl/o")).toBe(false);
	// As the devices it simulates.
	expect(ccm.publish("iottalk/esm/0d3d3c2e-0000-4000-8000-000000000000")).toBe(true);
	expect(ccm.publish("iottalk/esm/7/0d3d3c2e-0000-4000-8000-000000000000")).toBe(true);
	expect(ccm.publish("iottalk/esm/7/0d3d3c2e-0000-4000-8000-000000000000/x")).toBe(false);
	expect(ccm.publish("0d3d3c2e-0000-4000-8000-000000000000/ctrl/i")).toBe(true);
	expect(ccm.subscribe("0d3d3c2e-0000-4000-8000-000000000000/ctrl/o")).toBe(true);
	const other = can("ec");
	expect(other.publish("iottalk/api/req/ccm/graph/1")).toBe(false);
	expect(other.subscribe("iottalk/api/res/ccm/#")).toBe(false);
});
