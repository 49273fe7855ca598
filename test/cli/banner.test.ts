import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { banner } from "../../src/cli/banner.ts";
import { SERVER_MODULES } from "../../src/servers/server-modules.ts";

const { ini: INI } = SERVER_MODULES;

const ADDRESSES = {
	http: "http://localhost:9992",
	mqtt: "mqtt://localhost:1883",
	ws: "ws://localhost:1884",
};

function shown(
	ini: string,
	{
		hasAdmin = true,
		isDetached = false,
		addresses = ADDRESSES,
		servers = ["csm", "ccm"],
		setup = [] as string[],
	} = {},
) {
	const place = { database: "/x/iottalk.db", ini: "none (defaults)" };
	const ready = { addresses, ...place, pid: 7, hasAdmin, servers, setup };
	return banner(INI.parse("x.ini", ini, "/home/pi"), ready, isDetached);
}

describe("what start prints", () => {
	test("names the cluster, where there is one", () => {
		const node = "\n  ├─ Cluster    lab, as node b; to see all of them: iotctl cluster list\n";
		expect(shown("[cluster]\nname = lab\nnode = b\n")).toContain(node);
		expect(shown("[cluster]\nnode = b\n")).not.toContain("Cluster");
	});

	test("is where everything is, and how to stop it", () => {
		const text = shown("");
		for (const part of [...Object.values(ADDRESSES), "/x/iottalk.db", "(pid 7)"]) {
			expect(text).toContain(part);
		}
		expect(text).toContain("Stop it with: Ctrl-C\n");
		expect(shown("", { isDetached: true })).toContain("Stop it with: iotctl stop\n");
	});

	test("names the encrypted port for phones, and what stays as it is", () => {
		const addresses = { ...ADDRESSES, https: "https://localhost:9993" };
		const tls = "[core]\nbind = 0.0.0.0\nhttps-port = 9993\n[tls]\ncert = a\nkey = b\n";
		const text = shown(tls, { addresses });
		expect(text).toContain("HTTPS      https://localhost:9993   the same, for phones\n");
		expect(text).toContain("not encrypted (see [tls]), except HTTPS on 9993\n");
		expect(shown("")).not.toContain("HTTPS");
	});

	test("names the port of the older protocol, and the networks that need no login there", () => {
		const open = "[v1]\nport = 9999\nopen-networks = 10.0.0.0/8\n";
		expect(shown(open)).toContain("v1         http://localhost:9999   ");
		expect(shown(open)).not.toContain("open-networks");
		const text = shown(`[core]\nauth = on\n${open}`);
		expect(text).toContain("\nOn port 9999 devices from 10.0.0.0/8 register");
		expect(shown("")).not.toContain("v1 ");
		expect(shown(open, { servers: ["ccm"] })).not.toContain("v1 ");
	});

	test("leads to the page where the first administrator is made, or to what shows its address", () => {
		const none = { hasAdmin: false };
		expect(shown("", none)).toContain("no administrator yet. Get the address where");
		expect(shown("", none)).toContain("\n  iotctl setup\n");
		const setup = ["http://localhost:9992/gui/#/setup/k"];
		expect(shown("", { ...none, setup })).toContain(
			"works once, for 30 minutes:\n\n  http://localhost:9992/gui/#/setup/k\n",
		);
		expect(shown("", { hasAdmin: true })).not.toContain("administrator");
	});

	test("without logins shows commands that work as they are", () => {
		expect(shown("")).toContain("curl http://localhost:9992/api/status\n");
		expect(shown("")).not.toContain("TOKEN");
		expect(shown("")).toContain("this machine only (to change that, set bind in [core])");
	});

	test("is about what is served", () => {
		expect(shown("")).toContain("Editor     http://localhost:9992/gui/ ");
		expect(shown("")).toContain("device registration; the live page is at /live\n");
		const csm = shown("", { servers: ["csm"] });
		expect([csm.includes("Editor"), csm.includes("Register a device")]).toEqual([false, true]);
		expect(csm).toContain("open it in a browser for the live page\n");
		const ccm = shown("[core-mqtt]\nbroker = external\n", { servers: ["ccm"] });
		expect(ccm).toContain("the broker of CSM (external broker)\n");
		expect(ccm).not.toContain("Register a device");
	});

	test("with logins shows where they go, and how to get the first one", () => {
		const ini = "[core]\nauth = on\n";
		expect(shown(ini)).toContain("?token=TOKEN");
		expect(shown(ini)).toContain("curl -u admin http://localhost:9992/api/status\n");
		expect(shown(ini)).not.toContain("There is no administrator yet");
		const csm = { hasAdmin: false, servers: ["csm"] };
		expect(shown(ini, csm)).toContain("iotctl user add admin");
		expect(shown("", csm)).not.toContain("There is no administrator yet");
	});

	test.each([
		["[core]\nbind = 0.0.0.0\nauth = off\n", "WITHOUT A LOGIN, not encrypted (see [tls])"],
		["[core]\nbind = 192.0.2.1\n", "anyone who can reach 192.0.2.1, with a login, not encrypted"],
		[
			"[core]\nbind = 192.0.2.1\n[tls]\ncert = a\nkey = b\n",
			"anyone who can reach 192.0.2.1, with a login, encrypted",
		],
		[
			"[core]\nbind = 192.0.2.1\nhttp-scheme = http\n[tls]\ncert = a\nkey = b\n",
			"with a login, partly encrypted",
		],
	])("of %j says who can reach it: %p", (ini, text) => {
		expect(shown(ini)).toContain(text);
	});

	test("warns of functions that are not sandboxed", () => {
		expect(shown("[esm]\nengine = python3\n")).toContain("Let only people you trust create graphs");
		expect(shown("")).not.toContain("Let only people you trust");
	});

	test("names the authority of a certificate made here", () => {
		const folder = mkdtempSync(join(tmpdir(), "iotctl-banner-"));
		writeFileSync(join(folder, "ca.pem"), "");
		const addresses = { ...ADDRESSES, http: "https://localhost:9992", mqtt: "mqtts://localhost:1" };
		const text = shown(`[tls]\ncert = ${folder}/cert.pem\nkey = ${folder}/key.pem\n`, {
			addresses,
		});
		expect(text).toContain(`curl --cacert ${folder}/ca.pem -X PUT https://`);
		expect(text).toContain(`mosquitto_sub -h localhost -p 1 --cafile ${folder}/ca.pem`);
		rmSync(folder, { recursive: true });
	});

	test("leaves a broker's own logins out of the commands for an external one", () => {
		const text = shown("[core]\nauth = on\n[core-mqtt]\nbroker = external\n");
		expect(text).toContain("devices and graph scripts (external broker)");
		expect(text).not.toContain("-P PASSWORD");
	});
});
