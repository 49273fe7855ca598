import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HttpServer } from "../../src/http/http-server.ts";
import { plainReply } from "../../src/http/replies.ts";
import { route } from "../../src/http/route.ts";
import { httpOptions } from "../../src/servers/core-options.ts";
import { CurrentConfig } from "../../src/servers/current-config.ts";
import { Encryption } from "../../src/servers/encryption.ts";
import { HttpsOpening } from "../../src/servers/https-opening.ts";
import type { Core } from "../../src/servers/module.ts";
import { ServerCertificate } from "../../src/servers/server-certificate.ts";
import { CORE_INI } from "../../src/settings/config.ts";
import { encryptionOf } from "../../src/settings/schemes.ts";
import { type TestCertificate, testCertificate } from "../support/certificates.ts";
import { httpDeps } from "../support/http-server.ts";
import { recordedLog } from "../support/log.ts";
import { freePort } from "../support/ports.ts";

const hello = route({
	method: "GET",
	path: "/hello",
	summary: "A test",
	who: "anyone",
	replies: {},
	run: ({ call }) => plainReply(call.base, "text/plain"),
});

let folder: string;
let ini: string;
let http: HttpServer;
let given: TestCertificate | undefined;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-https-"));
	ini = join(folder, "my.ini");
});
afterEach(async () => {
	await http.stop();
	given?.remove();
	given = undefined;
	rmSync(folder, { recursive: true });
});

/** @param more Sections besides, and lines of `[core]` first. */
async function openingWith(more = "", furtherPort = 1, node?: Core["node"]) {
	writeFileSync(ini, `# mine\n[core]\nuserdir = ${folder}\nhttp-port = 0\n${more}`);
	const values = () => CORE_INI.load(ini);
	const current = new CurrentConfig(values(), CORE_INI);
	const { log } = recordedLog("server");
	const { cert, key } = current.values.tls;
	const certificate = new ServerCertificate(cert === "" ? undefined : { cert, key });
	http = new HttpServer(httpOptions(current, certificate.keys), (await httpDeps([hello])).deps);
	http.start();
	const encryption = new Encryption({
		...{ certificate, log, http: () => http },
		broker: { renewCertificate: () => {} },
	});
	const opening = new HttpsOpening({
		...{ current, encryption, host: { ini }, node },
		log: { component: () => log } as never,
		ports: () => {
			const { port, securePort: https } = http;
			return { http: port, mqtt: 2, ws: 3, ...(https !== undefined && { https }) };
		},
		further: () => [{ what: "second HTTP", port: furtherPort, setting: "port in [gui]" }],
	});
	return { opening, current, values };
}

const refusal = async (work: Promise<unknown>) => {
	try {
		await work;
		return "It was opened";
	} catch (error) {
		return (error as Error).message;
	}
};

describe("the encrypted port", () => {
	test("opens beside the other with a certificate made for it, and the ini says so", async () => {
		const { opening, current, values } = await openingWith();
		expect(opening.about("http://localhost:9992")).toBeUndefined();
		const port = await freePort();
		expect(await opening.open(port)).toBeUndefined();
		const ca = readFileSync(join(folder, "tls/ca.pem"), "utf8");
		const about = opening.about("http://127.0.0.1:9992/csm");
		if (about === undefined) throw new Error("it is closed");
		const { address, names, until, ...view } = about;
		expect(view).toEqual({ port, self_signed: true });
		expect(address).toBe(`https://127.0.0.1:${port}/csm`);
		expect(names).toContain("localhost");
		expect(names).toContain("127.0.0.1");
		expect(until).toBeGreaterThan(Date.now() / 1000);
		const answer = await fetch(`${address}/hello`, { tls: { ca }, keepalive: false });
		expect(await answer.text()).toBe(address);
		expect((await fetch(`http://127.0.0.1:${http.port}/hello`)).status).toBe(200);
		expect(readFileSync(ini, "utf8")).toBe(
			`# mine\n[core]\nhttps-port = ${port}\nuserdir = ${folder}\nhttp-port = 0\n` +
				"[tls]\ncert = tls/cert.pem\nkey = tls/key.pem\n",
		);
		// A reload finds nothing that would need a restart.
		expect(current.reload(values())).toEqual({ applied: [], needRestart: [] });
		expect(encryptionOf(current.values)).toEqual({ http: false, mqtt: false, ws: false });
	});

	test("is opened once, by two that ask at once too, and at one port", async () => {
		const { opening } = await openingWith();
		const port = await freePort();
		await Promise.all([opening.open(port), opening.open(port)]);
		expect(await opening.open(undefined)).toBeUndefined();
		expect(await refusal(opening.open(port + 1))).toContain(`open at port ${port} already`);
	});

	test("uses a certificate that was made before", async () => {
		const { opening } = await openingWith();
		given = await testCertificate();
		mkdirSync(join(folder, "tls"));
		const cert = readFileSync(given.certPath, "utf8");
		writeFileSync(join(folder, "tls/cert.pem"), cert);
		writeFileSync(join(folder, "tls/key.pem"), readFileSync(given.keyPath, "utf8"));
		await opening.open(await freePort());
		expect(readFileSync(join(folder, "tls/cert.pem"), "utf8")).toBe(cert);
		expect(opening.about("http://localhost")?.names).toContain("gateway.test");
	});

	test("leaves MQTT as it is where that is encrypted already", async () => {
		given = await testCertificate();
		const { opening, values } = await openingWith(
			`http-scheme = http\n[tls]\ncert = ${given.certPath}\nkey = ${given.keyPath}\n`,
		);
		const before = encryptionOf(values());
		expect(before).toEqual({ http: false, mqtt: true, ws: true });
		await opening.open(await freePort());
		expect(encryptionOf(values())).toEqual(before);
		expect(existsSync(join(folder, "tls"))).toBe(false);
	});

	test("is the usual one where that is encrypted, and none is opened", async () => {
		given = await testCertificate();
		const { opening } = await openingWith(
			`[tls]\ncert = ${given.certPath}\nkey = ${given.keyPath}\n`,
		);
		expect(await opening.open(undefined)).toBeUndefined();
		expect(opening.about("https://localhost")?.port).toBe(http.port);
		expect(http.securePort).toBeUndefined();
	});
});

describe("it is not opened, with the reason in words, and nothing changes", () => {
	test("at a port that another program has, or the server itself", async () => {
		const { opening } = await openingWith();
		const before = readFileSync(ini, "utf8");
		const other = createServer().listen(0, "127.0.0.1");
		await new Promise((resolve) => other.once("listening", resolve));
		const taken = Number(Object(other.address()).port);
		expect(await refusal(opening.open(taken))).toBe(
			`port ${taken} is used by another program: choose another one`,
		);
		other.close();
		for (const own of [http.port, 1, 2, 3]) {
			expect(await refusal(opening.open(own))).toContain("used by this server itself");
		}
		expect([readFileSync(ini, "utf8"), http.securePort]).toEqual([before, undefined]);
		// The certificate that was made is used by the next.
		await opening.open(await freePort());
		expect(readFileSync(ini, "utf8")).toContain("[tls]\ncert = tls/cert.pem\n");
	});

	test("with a certificate that cannot be used", async () => {
		const { opening } = await openingWith();
		mkdirSync(join(folder, "tls"));
		writeFileSync(join(folder, "tls/cert.pem"), "nonsense");
		writeFileSync(join(folder, "tls/key.pem"), "nonsense");
		expect(await refusal(opening.open(await freePort()))).toContain(
			"it is not a certificate in PEM",
		);
		rmSync(join(folder, "tls/key.pem"));
		expect(await refusal(opening.open(await freePort()))).toContain("no such file");
		expect(http.securePort).toBeUndefined();
	});

	test("where none can be made", async () => {
		const { opening } = await openingWith();
		writeFileSync(join(folder, "tls"), "a file");
		expect(await refusal(opening.open(await freePort()))).toStartWith(
			"cannot create a certificate",
		);
	});

	test("behind a proxy that encrypts", async () => {
		const { opening } = await openingWith("http-scheme = https\n");
		expect(await refusal(opening.open(undefined))).toContain("a reverse proxy encrypts");
	});
});

test("an ini that cannot be written: the port is open anyway, and people are told what to do", async () => {
	const { opening } = await openingWith();
	mkdirSync(`${ini}.new`);
	const port = await freePort();
	expect(await opening.open(port)).toBe(
		`HTTPS is open until the server stops: cannot write ${ini}; set https-port = ${port} in [core], ` +
			"cert = tls/cert.pem and key = tls/key.pem in [tls] there",
	);
	expect(http.securePort).toBe(port);
});

test("of a node of a cluster it is opened by its ini alone", async () => {
	const alone = await openingWith();
	expect(alone.opening.isByIni).toBe(false);
	await http.stop();
	const { opening } = await openingWith("", 1, {} as Core["node"]);
	const before = readFileSync(ini, "utf8");
	expect(opening.isByIni).toBe(true);
	expect(await refusal(opening.open(undefined))).toContain(
		"each node of a cluster opens HTTPS by its own ini",
	);
	expect(readFileSync(ini, "utf8")).toBe(before);
});
