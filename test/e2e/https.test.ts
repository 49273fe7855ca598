// An encrypted port for phones, opened from a page while devices and streams use the others: on the compiled binary.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { EventReader } from "../ccm/support/event-reader.ts";
import { shownAt } from "../support/certificates.ts";
import type { Json } from "../support/gateway.ts";
import { TestClient } from "../support/mqtt.ts";
import { freePort } from "../support/ports.ts";
import { PASSWORD, ProjectServer, type WebPerson } from "../support/project-server.ts";
import { change } from "../support/sensor-project.ts";
import { story } from "../support/story.ts";
import { until } from "../support/waiting.ts";

let server: ProjectServer;
let port: number;
let admin: WebPerson;
let stream: EventReader;
let pId: number;
beforeAll(async () => {
	server = await ProjectServer.start();
	port = await freePort();
});
afterAll(() => server.dispose());

const secure = () => `https://127.0.0.1:${port}`;
const ca = () => readFileSync(join(server.folder, "tls/ca.pem"), "utf8");
const ask = (address: string, init: RequestInit = {}) =>
	fetch(address, { ...init, keepalive: false, tls: { ca: ca() } });
const json = async (answer: Promise<Response>) => (await (await answer).json()) as Json;
const JSON_TYPE = { "content-type": "application/json" };

/** A change that all open streams of the project tell. */
async function isTold(name: string): Promise<void> {
	await change(admin, pId, { kind: "rename_project", p_name: name });
	await stream.next("changes", (told) => JSON.stringify(told.changes).includes(name));
}

const step = story("an encrypted port for phones");

step("is opened by an administrator, and a stream that is open stays", async () => {
	admin = await server.admin();
	const { p_id } = await admin.ok("PUT", "/api/v0/project", { p_name: "class" });
	pId = Number(p_id);
	stream = await admin.events(pId);
	await stream.next("project");
	expect((await admin.ok("GET", "/api/v1/https")).https).toBeNull();
	const [, mqttPort = ""] = /:(\d+)$/.exec(server.mqtt) ?? [];
	const refused = await admin.send("POST", "/api/v1/https", { port: Number(mqttPort) });
	expect(refused.status).toBe(409);
	expect(refused.json.reason).toContain("used by this server itself");
	const { https, todo } = await admin.ok("POST", "/api/v1/https", { port });
	expect(todo).toBeUndefined();
	expect(https).toMatchObject({ port, address: secure(), self_signed: true });
	await isTold("first");
});

step("answers what the other does, with addresses and cookies of its own", async () => {
	expect((await ask(`${secure()}/health`)).status).toBe(200);
	expect(await json(ask(`${secure()}/ec_endpoint`))).toMatchObject({ ec_endpoint: secure() });
	expect(await json(ask(`${server.http}/ec_endpoint`))).toMatchObject({
		ec_endpoint: server.http,
	});
	const registered = await json(
		ask(`${secure()}/csm/${randomUUID()}`, {
			method: "PUT",
			headers: JSON_TYPE,
			body: JSON.stringify({
				...{ name: "phone", idf_list: [["Color-I1", ["R"]]], odf_list: [["Color-O", ["R"]]] },
				...{ accept_protos: ["http"], profile: { model: "Smartphone" } },
			}),
		}),
	);
	expect(String(registered.up)).toStartWith(`${secure()}/csm/da/`);
	const login = await ask(`${secure()}/api/v0/account/login`, {
		method: "POST",
		headers: JSON_TYPE,
		body: JSON.stringify({ username: "root", password: PASSWORD }),
	});
	const cookie = login.headers.get("set-cookie") ?? "";
	expect(cookie).toStartWith(`iottalk-${port}=`);
	expect(cookie).toContain("Secure");
});

step("is named by status and check, and MQTT stays as it is", async () => {
	expect(server.command("status")).toContain(`HTTPS      https://127.0.0.1:${port}`);
	expect(server.command("check")).toMatch(
		new RegExp(`for https-port ${port} \\(not encrypted: HTTP, MQTT, WebSocket\\)`),
	);
	const client = await TestClient.connect(server.mqtt);
	await client.end();
});

step("shows a renewed certificate, and the stream stays", async () => {
	const before = await shownAt(port);
	server.command("cert", "self-signed", "--force");
	server.reload();
	// A connection that is not accepted yet when the listener changes is reset.
	const isNew = async () => (await shownAt(port).catch(() => before)) !== before;
	await until(isNew, "the new certificate");
	expect((await ask(`${secure()}/health`)).status).toBe(200);
	await isTold("second");
	expect(stream.isOver).toBe(false);
	await stream.leave();
});

step("is there after a restart, and the ini has kept its words", async () => {
	await server.end();
	await server.run();
	expect((await ask(`${secure()}/health`)).status).toBe(200);
	expect((await fetch(`${server.http}/health`)).status).toBe(200);
	const client = await TestClient.connect(server.mqtt);
	await client.end();
	const ini = readFileSync(server.ini, "utf8");
	expect(ini).toStartWith(`[core]\nhttps-port = ${port}\nuserdir = `);
	expect(ini).toEndWith("[tls]\ncert = tls/cert.pem\nkey = tls/key.pem\n");
});

test("a server whose ini names a port twice, or no certificate, does not start", async () => {
	const twice = ["[core]", "http-port = 8000", "https-port = 8000", "[tls]", "cert = a", "key = b"];
	await Bun.write(join(server.folder, "twice.ini"), twice.join("\n"));
	const started = (name: string) => server.command("-c", join(server.folder, name), "start");
	expect(started("twice.ini")).toContain(
		"Cannot listen for HTTPS on port 8000: it is already used by HTTP (http-port in [core]); change https-port in [core]",
	);
	const core = `[core]\nuserdir = ${join(server.folder, "none")}\nhttps-port = 8001\nhttp-port = 0\n`;
	await Bun.write(join(server.folder, "none.ini"), core);
	expect(started("none.ini")).toContain("https-port in [core] needs a certificate");
});
