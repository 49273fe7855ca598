import { expect, test } from "bun:test";
import { hostname } from "node:os";
import { sectionValues } from "../../src/config/compose.ts";
import { V1 } from "../../src/csm/config.ts";
import { messageOf } from "../../src/kit/errors.ts";
import { isNode, nodeUrl } from "../../src/servers/check-cluster.ts";
import { SERVER_MODULES } from "../../src/servers/server-modules.ts";

const CONFIG = SERVER_MODULES.ini.defaults();

interface Ini {
	readonly type?: "sqlite" | "postgres";
	readonly broker?: "embedded" | "external";
	readonly name?: string;
	readonly servers?: string[];
	readonly v1?: number;
}

function answer({
	type = "postgres",
	broker = "external",
	name = "lab",
	servers = ["csm"],
	v1 = 0,
}: Ini) {
	const config = {
		...CONFIG,
		cluster: { ...CONFIG.cluster, name },
		"core-db": { ...CONFIG["core-db"], type },
		"core-mqtt": { ...CONFIG["core-mqtt"], broker },
		v1: { ...sectionValues(CONFIG, V1), port: v1 },
	};
	try {
		return isNode(config, servers);
	} catch (error) {
		return messageOf(error);
	}
}

test("a server is not a node of a cluster by default", () => {
	expect(CONFIG.cluster.name).toBe("");
	expect(answer({ type: "sqlite", broker: "embedded", name: "", servers: ["csm", "ccm"] })).toBe(
		false,
	);
});

test("one that has what a node needs is", () => {
	expect(answer({})).toBe(true);
	expect(answer({ servers: ["csm", "ccm"] })).toBe(true);
});

test.each([
	[{ type: "sqlite" }, "share a PostgreSQL database: set type = postgres"],
	[{ broker: "embedded" }, "share a broker: set broker = external"],
	[{ servers: ["ccm"] }, "has devices and graphs: start it with iotctl start csm, or with"],
	[{ v1: 9999 }, "devices of the older protocol cannot use a cluster: set port = 0 in [v1]"],
] as const)("what is missing is said in one line: %j", (ini, said) => {
	expect(answer({ ...ini, servers: "servers" in ini ? [...ini.servers] : ["csm"] })).toContain(
		said,
	);
});

test.each([
	["auto", "", "http://NAME:9992"],
	["auto", "cert.pem", "https://NAME:9992"],
	["http", "cert.pem", "http://NAME:9992"],
	// Something in front of it encrypts, which other nodes do not come through.
	["https", "", "http://NAME:9992"],
] as const)(
	"other nodes reach it as it listens: http-scheme %s, certificate %p",
	(scheme, cert, url) => {
		const core = { ...CONFIG.core, "http-scheme": scheme };
		const config = { ...CONFIG, core, tls: { ...CONFIG.tls, cert } };
		expect(nodeUrl(config, 9992)).toBe(url.replace("NAME", hostname()));
		expect(nodeUrl({ ...config, cluster: { ...CONFIG.cluster, url: "http://a:1" } }, 9992)).toBe(
			"http://a:1",
		);
	},
);
