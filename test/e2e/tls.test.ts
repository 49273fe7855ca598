// Encryption as a reader of docs/security.md sets it up, with the compiled binary and other people's clients.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TestHome } from "../support/binary.ts";
import { type TestCertificate, testCertificate } from "../support/certificates.ts";
import { TestGraph } from "../support/gateway.ts";
import { Mosquitto } from "../support/mosquitto.ts";
import { TestClient } from "../support/mqtt.ts";
import { hasProgram } from "../support/programs.ts";
import { story } from "../support/story.ts";
import { startBinary, type Target } from "../support/target.ts";
import { LONG_DEADLINE_MS, until } from "../support/waiting.ts";

const PASSWORD = "correct horse battery";
/** Longest a client of mosquitto waits. */
const SECONDS = String(LONG_DEADLINE_MS / 1000);

describe("a server with a certificate of its own", () => {
	let home: TestHome;
	let ca: string;
	let port: string;
	beforeAll(async () => {
		home = await TestHome.withDatabase("tls");
		writeFileSync(
			home.ini,
			home.iniText().replace("[core]", "[core]\nauth = on") +
				"[tls]\ncert = tls/cert.pem\nkey = tls/key.pem\n",
		);
		ca = join(home.folder, "state/tls/ca.pem");
	});
	afterAll(() => home.clear());

	/** Runs mosquitto_pub or mosquitto_sub as the admin. */
	const mosquitto = (name: string, ...args: string[]) =>
		Bun.spawn(
			[
				// Line by line also into a pipe.
				...["stdbuf", "-oL", `mosquitto_${name}`, "-h", "localhost", "-p", port, "--cafile", ca],
				...["-u", "admin", "-P", PASSWORD, ...args],
			],
			{ stdout: "pipe", stderr: "pipe" },
		);

	const step = story("from its certificate to what is secret");

	step("is told that the certificate is missing before it is made", () => {
		expect(home.run("check").err).toContain("the server would not start");
		const { exitCode, err } = home.run("start", "csm");
		expect([exitCode, err]).toEqual([1, expect.stringContaining("(cert in [tls])")]);
	});

	step("makes one that only its owner can use", () => {
		const { exitCode, out } = home.run("cert", "self-signed", "gateway.local", "192.168.7.1");
		expect(exitCode).toBe(0);
		expect(out).toContain("gateway.local, 192.168.7.1, ");
		expect(out).toContain(`cert = ${join(home.folder, "state/tls/cert.pem")}`);
		const mode = (name: string) => statSync(join(home.folder, "state/tls", name)).mode & 0o777;
		expect([mode("key.pem"), mode("cert.pem")]).toEqual([0o600, 0o644]);
		expect(readdirSync(join(home.folder, "state/tls"))).toHaveLength(3);
		expect(home.run("cert", "self-signed").err).toContain("already exists; --force");
		expect(home.run("cert", "self-signed", "not a name").err).toContain("not a host name");
		expect(home.run("cert", "self-signed", "--days", "826").err).toContain("at most 825");
		expect(home.run("check").out).toMatch(/ok +TLS +DNS:gateway.local/);
	});

	step("starts encrypted, and the command line finds it", () => {
		const add = ["-c", home.ini, "user", "add", "admin"];
		expect(home.runWith(`${PASSWORD}\n`, ...add).exitCode).toBe(0);
		const { out } = home.run("start", "--detach", "csm");
		port = /mqtts:\/\/127\.0\.0\.1:(\d+)/.exec(out)?.[1] ?? "";
		expect(out).toMatch(/https:\/\/127\.0\.0\.1:\d+[\s\S]*mqtts:[\s\S]*wss:/);
		expect(out).toContain(`--cafile ${ca}`);
		expect(home.run("status").out).toContain("wss://");
		expect(home.run("status", "--json").out).toContain('"running": true');
	});

	const hasClients = hasProgram("mosquitto_sub") && hasProgram("stdbuf");
	step.if(hasClients)("talks to mosquitto's clients and to the shell", async () => {
		const reader = mosquitto("sub", "-t", "a/+", "-C", "2", "-W", SECONDS, "-v", "-d");
		let heard = "";
		let said = false;
		for await (const chunk of reader.stdout) {
			heard += new TextDecoder().decode(chunk);
			if (said || !heard.includes("SUBACK")) continue;
			said = true;
			expect(await mosquitto("pub", "-t", "a/1", "-m", "hello", "-q", "1").exited).toBe(0);
			const shell = home.runWith("publish a/2 [1]\n", "-c", home.ini, "shell");
			expect(shell.out).toContain("published");
		}
		expect(heard).toContain("a/1 hello");
		expect(heard).toContain("a/2 [1]");
		const stranger = Bun.spawn(
			["mosquitto_pub", "-h", "localhost", "-p", port, "-t", "a/1", "-m", "x"],
			{ stderr: "ignore" },
		);
		expect(await stranger.exited).not.toBe(0);
	});

	step("no secret is in the process list or in the log", () => {
		const lists = Bun.spawnSync(["ps", "axeww"]).stdout.toString();
		const { key } = JSON.parse(readFileSync(join(home.folder, "state/iotctl.run.json"), "utf8"));
		const log = readFileSync(join(home.folder, "state/iotctl.log"), "utf8");
		const lines = readFileSync(join(home.folder, "state/tls/key.pem"), "utf8").split("\n");
		for (const secret of [PASSWORD, key, lines[1] ?? ""]) {
			expect(lists).not.toContain(secret);
			expect(log).not.toContain(secret);
		}
	});
});

const canMosquitto = hasProgram("mosquitto_passwd") && hasProgram("mosquitto");
describe.if(canMosquitto)("an external mosquitto with logins and TLS", () => {
	let folder: string;
	let made: TestCertificate;
	let mosquitto: Mosquitto;
	let target: Target;
	const gui = { username: "gui", password: "gui's password" };
	beforeAll(async () => {
		folder = mkdtempSync(join(tmpdir(), "iotctl-mosquitto-"));
		made = await testCertificate();
		const passwords = join(folder, "passwords");
		writeFileSync(passwords, "");
		for (const { username, password } of [{ username: "csm", password: PASSWORD }, gui]) {
			Bun.spawnSync(["mosquitto_passwd", "-b", passwords, username, password]);
		}
		writeFileSync(join(folder, "secret"), `${PASSWORD}\n`, { mode: 0o600 });
		mosquitto = await Mosquitto.start(
			folder,
			"",
			`cafile ${made.folder}/ca.pem\ncertfile ${made.certPath}\nkeyfile ${made.keyPath}\nallow_anonymous false\npassword_file ${passwords}\n`,
		);
		target = await startBinary({
			"core-mqtt": {
				...mosquitto.ini["core-mqtt"],
				...{ scheme: "mqtts", host: "127.0.0.1", ca: join(made.folder, "ca.pem") },
				...{ username: "csm", "password-file": join(folder, "secret") },
			},
		});
	});
	afterAll(async () => {
		await target.dispose();
		await mosquitto.stop();
		made.remove();
		rmSync(folder, { recursive: true, force: true });
	});

	test("serves devices and graphs as the built-in one does", async () => {
		const url = `mqtts://127.0.0.1:${mosquitto.port}`;
		const client = await TestClient.connect(url, { ...gui, ca: made.ca() });
		const graph = await TestGraph.open(client, "gui", "g");
		await graph.ok({ op: "attach" });
		const id = randomUUID();
		const put = await fetch(`${target.http}/${id}`, {
			method: "PUT",
			headers: { "Content-Type": "application/json" },
			body: JSON.stringify({
				...{ accept_protos: ["mqtt"], profile: { model: "AI" } },
				...{ idf_list: [["a"]], odf_list: [["b"]] },
			}),
		});
		const { rev, url: told, username } = (await put.json()) as Record<string, unknown>;
		expect(told).toMatchObject({ scheme: "mqtts", host: "127.0.0.1", port: mosquitto.port });
		// Its logins are not ours to give.
		expect(username).toBeUndefined();
		const [square] = await graph.addFunctions("def run(x): return x ** 2\n");
		await client.subscribe(`${id}/ctrl/o`);
		await graph.ok({ op: "add_link", da_id: id, idf: "a", func: square });
		await graph.ok({ op: "add_link", da_id: id, odf: "b" });
		await client.publish(`${id}/ctrl/i`, { state: "online", rev }, { retain: true });
		const topics: string[] = [];
		for (let n = 0; n < 2; n++) {
			const signal = await client.nextJson(`${id}/ctrl/o`);
			await client.publish(`${id}/ctrl/i`, { msg_id: signal.msg_id, state: "ok" });
			topics.push(String(signal.topic));
		}
		const [idf = "", odf = ""] = topics;
		await client.subscribe(odf);
		await client.publish(idf, [7]);
		expect((await client.next(odf)).text).toBe("[49]");
		await client.end();
		expect(target.log()).not.toContain(PASSWORD);
	});

	test("an untrusted authority is said to be the reason", async () => {
		const other = await testCertificate();
		const lost = await startBinary({
			"core-mqtt": {
				...mosquitto.ini["core-mqtt"],
				...{ scheme: "mqtts", host: "127.0.0.1", ca: join(other.folder, "ca.pem") },
			},
		});
		await until(() => /certificate|self.signed/i.test(lost.log()), "the reason");
		await lost.dispose();
		other.remove();
	});
});
