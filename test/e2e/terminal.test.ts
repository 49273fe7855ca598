// Names and messages from outside on the terminal of who looks at them: shown, never acted on.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { TestHome } from "../support/binary.ts";
import { body, call, TestGraph } from "../support/gateway.ts";
import { TestClient } from "../support/mqtt.ts";
import { BINARY, type Spawned, spawnBinary, type Target } from "../support/target.ts";
import { until } from "../support/waiting.ts";

const ACTIVE = /[^\P{Cc}\n\t]|[\p{Bidi_Control}\u2028\u2029]/u;
const NAME = "\u001b]0;owned\u0007\u009b2J\u202eevil\u2066\u007f\nroot logged in";
const ID = "df682f01-7c3a-49fd-8f5f-72ce0b6e68c0";

let home: TestHome;
let server: Spawned;
let client: TestClient;
beforeAll(async () => {
	home = await TestHome.withDatabase("terminal");
	server = await spawnBinary(home.write("debug.ini", home.iniText("level = debug")));
	const target = { http: `http://127.0.0.1:${server.ports.http}` } as Target;
	const changes = { name: NAME, profile: { model: NAME }, idf_list: [[NAME, [NAME]]] };
	expect((await call(target, "PUT", `/${ID}`, body(changes))).status).toBe(200);
	await call(target, "PUT", `/${ID}`, { name: NAME, [NAME]: NAME });
	client = await TestClient.connect(`mqtt://127.0.0.1:${server.ports.mqtt}`);
	const graph = await TestGraph.open(client, "gui", "x\u009b2J\u202eevil");
	await graph.ok({ op: "attach" });
	await graph.ok({ op: "add_link", da_id: ID, idf: "x\u009b\u202e\u001b[2J" });
	await graph.call({ op: NAME });
	await graph.addFunctions(`# ${NAME.replaceAll("\n", " ")}\ndef run(x): return x\n`);
});
afterAll(async () => {
	await client.end();
	await server.stop();
	home.clear();
});

describe("a terminal only shows", () => {
	test.each([
		["devices"],
		[`device ${ID}`],
		[`device ${NAME.replaceAll("\n", " ")}`],
		["graphs"],
		["graph gui/x"],
		["functions"],
		["log"],
		["status"],
		["config"],
		["db SELECT * FROM devices"],
		["db SELECT * FROM links"],
		[`${NAME.replaceAll("\n", " ")}`],
	])("shell: %j", (command) => {
		const { out, err } = home.runWith(`${command}\n`, "-c", home.ini, "shell");
		expect(out + err).not.toBe("");
		expect(out).not.toMatch(ACTIVE);
		expect(err).not.toMatch(ACTIVE);
		expect(out).not.toMatch(/^root logged in/m);
	});

	test("the source of a function", () => {
		const list = home.runWith("functions\n", "-c", home.ini, "shell").out;
		const digest = /^[0-9a-f]{64}/m.exec(list)?.[0] ?? "";
		const { out } = home.runWith(`function ${digest}\n`, "-c", home.ini, "shell");
		expect(out).toContain("\ndef run(x): return x\n");
		expect(out).toContain("\\u001b]0;owned\\u0007\\u009b2J\\u202eevil");
		expect(out).not.toMatch(ACTIVE);
	});

	test("watch", async () => {
		const watch = Bun.spawn([BINARY, "-c", home.ini, "shell"], {
			env: { HOME: home.folder },
			stdin: "pipe",
			stdout: "pipe",
		});
		watch.stdin.write("watch #\n");
		watch.stdin.flush();
		let shown = "";
		void (async () => {
			for await (const chunk of watch.stdout) shown += new TextDecoder().decode(chunk);
		})();
		await until(async () => {
			await client.publish("iottalk/esm/x\u009b", NAME);
			return shown.includes("evil");
		}, "a message");
		watch.kill("SIGKILL");
		await watch.exited;
		expect(shown).toContain("\\nroot logged in");
		expect(shown).not.toMatch(ACTIVE);
	});

	test("what the other commands print", () => {
		for (const words of [
			["status"],
			["status", "--json"],
			["check"],
			["export", "-"],
			["export", `${home.folder}/${NAME}/x.json`],
			["backup", `/proc/${NAME}`],
			[NAME],
			["start", NAME],
			["user", "add", NAME],
			["token", "revoke", NAME],
			["cert", "self-signed", NAME],
		]) {
			const { out, err } = home.run(...words);
			expect([words[0], out.match(ACTIVE), err.match(ACTIVE)]).toEqual([words[0], null, null]);
		}
		const exported = JSON.parse(home.run("export", "-").out);
		expect(JSON.stringify(exported)).toContain("\u202eevil");
	});

	test("an ini with controls in it", () => {
		const ini = home.write("bad.ini", `[core]\nbind = \u001b]0;x\u0007\nhttp-port = \u009b\n`);
		const { err } = home.runWith("", "-c", ini, "check");
		expect(err).toContain("bad.ini");
		expect(err).not.toMatch(ACTIVE);
	});

	test("the log", () => {
		expect(server.log()).toContain("\\u202eevil");
		expect(server.log()).not.toMatch(ACTIVE);
		expect(server.log()).not.toMatch(/^root logged in/m);
	});
});
