// export, import, backup: devices, graphs and functions on their way out and back.

import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { TestHome } from "../support/binary.ts";
import { TestDevice, TestGraph } from "../support/gateway.ts";
import { TestClient } from "../support/mqtt.ts";
import { BINARY, type Target } from "../support/target.ts";
import { until, within } from "../support/waiting.ts";

const SQUARE = "def run(x): return x * x\n";
let home: TestHome;
let device: TestDevice;
beforeAll(async () => {
	home = new TestHome("transfer");
	expect(home.run("start", "--detach", "csm").exitCode).toBe(0);
	const target = JSON.parse(home.run("status", "--json").out) as Target;
	const profile = {
		model: "AI",
		serial: JSON.rawJSON("1724442618569203714"),
		v: JSON.rawJSON("1.0"),
	};
	device = await TestDevice.register(target, { profile });
	const graph = await TestGraph.open(device.client, "gui", "g1");
	await graph.ok({ op: "attach" });
	const [square, spare] = await graph.addFunctions(SQUARE, "def run(*x): return x\n");
	await graph.ok({
		op: "add_link",
		da_id: device.id,
		idf: "in",
		func: square,
		param_no: 1,
		input_type: ["variant"],
	});
	await graph.ok({ op: "add_link", da_id: device.id, odf: "out" });
	await graph.ok({ op: "set_join", new: square, depends: { spare } });
	expect(home.run("export", "all.json")).toMatchObject({
		exitCode: 0,
		out: expect.stringContaining("1 device, 1 graph, 2 functions"),
	});
});
afterAll(async () => {
	await device.client.end();
	home.clear();
});

const exported = () => JSON.parse(readFileSync(join(home.folder, "all.json"), "utf8"));
/** Topics and revisions of the moment are not what a file is compared by. */
const contents = (path: string) => readFileSync(path, "utf8");

describe("export and import", () => {
	test("export works beside the running server and overwrites nothing", () => {
		expect(exported().graphs[0].links).toHaveLength(2);
		expect(home.run("export", "all.json")).toMatchObject({
			exitCode: 1,
			err: expect.stringContaining("already exists"),
		});
		expect(JSON.parse(home.run("export", "-").out)).toEqual(exported());
	});

	test("import refuses while the server runs", () => {
		expect(home.run("import", "all.json")).toMatchObject({
			exitCode: 1,
			err: expect.stringContaining("already in use by process"),
		});
	});

	test("a dry run works beside the running server, and changes nothing", () => {
		const before = home.run("export", "-").out;
		expect(home.run("import", "--dry-run", "all.json")).toMatchObject({
			exitCode: 0,
			err: "",
			out: expect.stringContaining("0 added, 2 replaced, 0 removed"),
		});
		const nothing = home.write(
			"nothing.json",
			JSON.stringify({ ...exported(), devices: [], graphs: [], functions: [] }),
		);
		const all = home.run("import", "--dry-run", "--replace", nothing);
		expect(all.out).toBe(
			"Dry run, nothing was changed: devices and graphs: 0 added, 0 replaced, 2 removed; functions: 0 in the file\n",
		);
		expect(home.run("export", "-").out).toBe(before);
	});

	test("without a database a dry run creates none", () => {
		const none = home.write("none.ini", home.iniText().replace("/state", "/none"));
		const { exitCode, out } = home.runWith("", "-c", none, "import", "--dry-run", "all.json");
		expect([exitCode, out]).toEqual([0, expect.stringContaining("2 added")]);
		expect(existsSync(join(home.folder, "none"))).toBe(false);
	});

	test("import refuses a database that is in memory only", () => {
		const text = `${home.iniText()}[core-db]\nurl = :memory:\n`;
		const memory = home.write("memory.ini", text.replace("/state", "/memory"));
		expect(home.runWith("", "-c", memory, "import", "all.json")).toMatchObject({
			exitCode: 1,
			err: expect.stringContaining("the database is in the server's memory only"),
		});
	});

	test("a database that took the file gives the same file again", () => {
		const other = home.write("other.ini", home.iniText().replace("/state", "/other"));
		const dry = home.runWith("", "-c", other, "import", "--dry-run", "all.json");
		expect(dry).toMatchObject({
			exitCode: 0,
			out: expect.stringContaining("2 added, 0 replaced, 0 removed"),
		});
		expect(home.runWith("", "-c", other, "initdb").exitCode).toBe(0);
		const again = home.runWith("", "-c", other, "import", "--dry-run", "all.json");
		expect(again.out).toContain("2 added, 0 replaced, 0 removed");
		expect(home.runWith("", "-c", other, "export", "dry.json").out).toContain(
			"0 devices, 0 graphs",
		);
		expect(home.runWith("", "-c", other, "import", "all.json").exitCode).toBe(0);
		expect(home.runWith("", "-c", other, "export", "again.json").exitCode).toBe(0);
		expect(contents(join(home.folder, "again.json"))).toBe(contents(join(home.folder, "all.json")));
		expect(contents(join(home.folder, "again.json"))).toContain('"serial": 1724442618569203714');
		expect(contents(join(home.folder, "again.json"))).toContain('"v": 1.0');
		const empty = home.write(
			"empty.json",
			JSON.stringify({ ...exported(), devices: [], graphs: [], functions: [] }),
		);
		expect(home.runWith("", "-c", other, "import", empty).out).toContain(
			"0 added, 0 replaced, 0 removed",
		);
		expect(home.runWith("", "-c", other, "import", "--replace", empty).out).toContain("2 removed");
		expect(home.runWith("", "-c", other, "export", "-").out).not.toContain(device.id);
	});

	test.each([
		["truncated", () => JSON.stringify(exported()).slice(0, 500), "not complete JSON"],
		["of another version", () => JSON.stringify({ ...exported(), version: 3 }), "has version 3"],
		["something else", () => '{"a":1}', "not written by the export command"],
		[
			"with a bad id",
			() => JSON.stringify(exported()).replaceAll(device.id, "x"),
			"/devices/0/id is invalid",
		],
		[
			"with a damaged source",
			() => JSON.stringify(exported()).replace("x * x", "x + x"),
			"another digest",
		],
		[
			"without a function",
			() => JSON.stringify({ ...exported(), functions: [] }),
			"is not in the file",
		],
	])("a file %s changes nothing", (name, text, reason) => {
		const third = home.write("third.ini", home.iniText().replace("/state", "/third"));
		const file = home.write(`${name}.json`, text());
		const { exitCode, err } = home.runWith("", "-c", third, "import", file);
		expect([exitCode, err]).toEqual([1, expect.stringContaining(reason)]);
		expect(err).toContain("nothing was changed");
	});
});

describe("backup", () => {
	test("copies are whole databases, and only the newest are kept", () => {
		for (let n = 0; n < 3; n++) {
			expect(home.run("backup", "--keep", "2", "copies")).toMatchObject({
				exitCode: 0,
				out: expect.stringContaining("Wrote copies/"),
			});
		}
		const copies = readdirSync(join(home.folder, "copies"));
		expect(copies).toHaveLength(2);
		const db = new Database(join(home.folder, "copies", copies[0] ?? ""), { readonly: true });
		expect(db.query("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
		expect(db.query("SELECT da_id FROM devices").all()).toEqual([{ da_id: device.id }]);
		db.close();
		expect(home.run("backup", "--keep", "0", "copies").exitCode).toBe(2);
		home.write("a-file", "");
		expect(home.run("backup", "a-file/copies").exitCode).toBe(1);
	});
});

describe("shell", () => {
	const type = (...lines: string[]) =>
		home.runWith(`${lines.join("\n")}\n`, "-c", home.ini, "shell");

	test("lists what runs and what is stored", () => {
		const { exitCode, out } = type(
			...["status", "devices", "graphs", "graph gui", "functions", "config core-db"],
			"db SELECT name FROM devices",
		);
		expect(exitCode).toBe(0);
		for (const text of [
			"is running",
			device.id,
			"gui/g1",
			'"feature": "in"',
			"DIGEST",
			"url = iottalk.db",
			'{"name":"BetaCat"}',
		]) {
			expect(out).toContain(text);
		}
	});

	test("shows a source, publishes, and names what is wrong", () => {
		const { exitCode, out, err } = type(
			"function",
			"function zz",
			"publish a/b [1]",
			"devces",
			"db DELETE FROM devices",
		);
		expect(exitCode).toBe(1);
		expect(err).not.toContain("Warning");
		expect(out).toContain("published");
		for (const text of [
			"missing function digest",
			'no function digest starts with "zz"',
			'did you mean "devices"?',
			"readonly",
		]) {
			expect(err).toContain(text);
		}
		const digest = exported().functions.find(
			({ code }: { code: string }) => code === SQUARE,
		).digest;
		expect(type(`function ${digest.slice(0, 6)}`).out).toContain("x * x");
	});

	test.each([
		["watch a/#/b", "Invalid topic a/#/b"],
		["publish a/# hi", "the broker closed the connection"],
	])("%s: says why it ended, and goes on", (line, reason) => {
		const { exitCode, out, err } = type(line, "publish a/b [1]");
		expect([exitCode, out, err]).toEqual([1, "published\n", `${reason}\n`]);
	});

	test("watch says that the server has stopped", async () => {
		const own = new TestHome("watch");
		expect(own.run("start", "--detach", "csm").exitCode).toBe(0);
		const { mqtt } = JSON.parse(own.run("status", "--json").out) as Target;
		const watch = Bun.spawn([BINARY, "-c", own.ini, "shell"], {
			stdin: Buffer.from("watch #\n"),
			stdout: "pipe",
			stderr: "pipe",
		});
		try {
			const client = await TestClient.connect(mqtt);
			const shown = watch.stdout.getReader().read();
			let isShown = false;
			void shown.then(() => {
				isShown = true;
			});
			await until(async () => {
				await client.publish("a/b", 1);
				return isShown;
			}, "a message");
			await client.end();
			expect(own.run("stop").exitCode).toBe(0);
			expect(await within(watch.exited, "the shell's end")).toBe(1);
			expect(await new Response(watch.stderr).text()).toBe("the broker closed the connection\n");
		} finally {
			watch.kill("SIGKILL");
			own.clear();
		}
	});

	test("deregisters on the server, and in the database when none runs", async () => {
		const own = new TestHome("deregister");
		const typeThere = (line: string) => own.runWith(`${line}\n`, "-c", own.ini, "shell");
		expect(own.run("start", "--detach", "csm").exitCode).toBe(0);
		const target = JSON.parse(own.run("status", "--json").out) as Target;
		const [online, stored] = [
			await TestDevice.register(target),
			await TestDevice.register(target),
		] as const;
		expect(typeThere(`deregister ${online.id}`).out).toContain("deregistered");
		await Promise.all([online.client.end(), stored.client.end()]);
		expect(own.run("stop").exitCode).toBe(0);
		expect(typeThere(`deregister ${stored.id}`).out).toContain("in the database");
		expect(typeThere("devices").err).toContain("not running");
		expect(typeThere("db SELECT count(*) AS n FROM devices").out).toContain('{"n":0}');
		own.clear();
	});
});
