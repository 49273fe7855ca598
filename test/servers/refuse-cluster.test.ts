import { expect, test } from "bun:test";
import { messageOf } from "../../src/kit/errors.ts";
import { refuseCluster } from "../../src/servers/refuse-cluster.ts";
import { CORE_INI } from "../../src/settings/config.ts";

const CONFIG = CORE_INI.defaults();

function refusal(type: "sqlite" | "postgres", broker: "embedded" | "external", name = "lab") {
	try {
		refuseCluster({
			...CONFIG,
			cluster: { ...CONFIG.cluster, name },
			"core-db": { ...CONFIG["core-db"], type },
			"core-mqtt": { ...CONFIG["core-mqtt"], broker },
		});
		return undefined;
	} catch (error) {
		return messageOf(error);
	}
}

test("a server is not a node of a cluster by default", () => {
	expect(CONFIG.cluster.name).toBe("");
	expect(refusal("sqlite", "embedded", "")).toBeUndefined();
});

test("who asks for one is told what it needs, and that it is not there yet", () => {
	expect(refusal("sqlite", "external")).toStartWith(
		"the nodes of a cluster share a PostgreSQL database: set type = postgres",
	);
	expect(refusal("postgres", "embedded")).toStartWith(
		"the nodes of a cluster share a broker: set broker = external",
	);
	expect(refusal("postgres", "external")).toBe(
		"several servers cannot work as a cluster in this version: leave name in [cluster] empty",
	);
});
