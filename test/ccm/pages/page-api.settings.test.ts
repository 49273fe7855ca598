// Where the page API is on, and what is said about it.
import { afterEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Mosquitto } from "../../support/mosquitto.ts";
import { Page, PageServer } from "../support/page-server.ts";

const OFF = "the page API over MQTT is off";
const ends: (() => unknown)[] = [];
afterEach(async () => {
	for (const end of ends.splice(0).reverse()) await end();
});

async function start(more: string, isExternal: boolean): Promise<PageServer> {
	let broker = "port = 0";
	if (isExternal) {
		const folder = mkdtempSync(join(tmpdir(), "iotctl-mosquitto-"));
		const mosquitto = await Mosquitto.start(folder);
		ends.push(() => rmSync(folder, { recursive: true }));
		ends.push(() => mosquitto.stop());
		broker = `broker = external\nport = ${mosquitto.port}`;
	}
	const server = await PageServer.start(more, broker);
	ends.push(() => server.stop());
	return server;
}

/** Whether anyone answers a page that attaches, before the fence behind it. */
async function isAnswered(server: PageServer): Promise<boolean> {
	const client = await server.connect();
	const page = new Page(client, crypto.randomUUID(), undefined);
	await page.listen();
	await page.send({ op: "attach" });
	// CSM answers on the same connection, and later than a page API would.
	await client.subscribe("iottalk/api/res/fence/device");
	await client.publish("iottalk/api/req/fence/device", { op: "attach" });
	await client.next("iottalk/api/res/fence/device");
	await client.end();
	return client.inbox.waiting.length > 0;
}

const CASES: [string, string, boolean, boolean][] = [
	["on with the built-in broker", "", false, true],
	["off where the ini turns it off", "[gui]\npage-api = off", false, false],
	["off with another broker", "", true, false],
	["on with another broker where the ini turns it on", "[gui]\npage-api = on", true, true],
];

test.each(CASES)("it is %s", async (_, more, isExternal, isOn) => {
	const server = await start(more, isExternal);
	const person = await server.register();
	const { _id } = await person.identity();
	expect(typeof _id).toBe(isOn ? "string" : "undefined");
	expect(await isAnswered(server)).toBe(isOn);
	expect(server.log.includes(OFF)).toBe(isExternal && !isOn);
	expect(server.log.includes("as private as the broker")).toBe(isExternal && isOn);
	if (!isOn) return;
	const page = await person.open();
	expect(await page.ok("get_project_list")).toEqual([]);
	const other = await server.stranger.open();
	expect(await other.ask("get_project_list", {}, page.token)).toMatchObject({ op: "anno" });
});
