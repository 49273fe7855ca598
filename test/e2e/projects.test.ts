// What a teacher types about projects, with the compiled binary and a server that runs.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type OwnDatabase, ownDatabase } from "../support/own-database.ts";
import { RestClient } from "../support/rest-client.ts";
import { BINARY, PATH_WITH_BINARY, type Spawned, spawnBinary } from "../support/target.ts";
import { LONG_DEADLINE_MS } from "../support/waiting.ts";

const FREE = "http-port = 0\n[core-mqtt]\nport = 0\n[core-ws]\nport = 0\n";

let folder: string;
let server: Spawned;
let ann: RestClient;
let plan = 0;
let database: OwnDatabase;
beforeAll(async () => {
	database = await ownDatabase();
	folder = mkdtempSync(join(tmpdir(), "iotctl-projects-"));
	writeFileSync(
		join(folder, "a.ini"),
		`[core]\nuserdir = ${folder}/a\n${FREE}${database.section()}`,
	);
	server = await spawnBinary(join(folder, "a.ini"), {}, [], []);
	const base = `http://127.0.0.1:${server.ports.http}`;
	ann = await RestClient.open(base);
	const bob = await RestClient.open(base, "bob");
	plan = Number((await ann.ok("PUT", "/project", { p_name: "天氣" })).p_id);
	await bob.ok("PUT", "/project", { p_name: "天氣" });
	const output = await ann.block(plan, "Lamp");
	const input = await ann.block(plan, "Dummy_Device");
	expect(output).not.toBe(input);
	const { data } = (await ann.ok("GET", `/project/${plan}`)) as never as {
		data: Record<"ido" | "odo", { dm_name: string; dfo: { dfo_id: number }[] }[]>;
	};
	const portOf = (side: "ido" | "odo", model: string) =>
		data[side].find(({ dm_name }) => dm_name === model)?.dfo[0]?.dfo_id ?? 0;
	const dfo_ids = [portOf("ido", "Dummy_Device"), portOf("odo", "Lamp")];
	await ann.ok("PUT", `/project/${plan}/na`, { na_name: "連接", na_idx: 0, dfo_ids });
});
afterAll(async () => {
	await server.stop();
	await database.drop();
	rmSync(folder, { recursive: true, force: true });
});

function run(...args: string[]) {
	const { exitCode, stdout, stderr } = Bun.spawnSync([BINARY, "-c", "a.ini", ...args], {
		cwd: folder,
		env: { ...process.env, HOME: folder, PATH: PATH_WITH_BINARY },
		timeout: LONG_DEADLINE_MS,
	});
	return { exitCode, out: stdout.toString(), err: stderr.toString() };
}

/** What a command prints that succeeds. */
function done(...args: string[]): string {
	const { exitCode, out, err } = run(...args);
	expect([err, exitCode]).toEqual(["", 0]);
	return out;
}

const ofAnn = ["--owner", "ann"];

describe("iotctl project", () => {
	test("lists and shows projects, also as JSON", () => {
		expect(done("project", "list", ...ofAnn)).toMatch(
			/^ID {2}NAME +OWNER {2}STATE\n\d+ +天氣 +ann +off\n/,
		);
		const all: { p_name: string }[] = JSON.parse(done("project", "list", "--json"));
		expect(all.filter(({ p_name }) => p_name === "天氣")).toHaveLength(2);
		const shown = done("project", "show", String(plan));
		expect(shown).toContain(`天氣 (${plan}) of ann, off\n`);
		expect(shown).toMatch(/\n連接 +Dummy_Device\/DummySensor-I +- +Lamp\/Luminance-O\n/);
		expect(JSON.parse(done("project", "show", "天氣", ...ofAnn, "--json"))).toMatchObject({
			p_id: plan,
			joins: [{ na_name: "連接" }],
		});
	});

	test("says which projects a name may mean, or that there is none", () => {
		expect(run("project", "on", "天氣")).toMatchObject({
			exitCode: 1,
			err: expect.stringMatching(
				/^iotctl: 2 projects are called "天氣" \(\d+ of ann, \d+ of bob\): use the id, or add --owner NAME\n$/,
			),
		});
		expect(run("project", "on", "no")).toMatchObject({
			exitCode: 1,
			err: 'iotctl: there is no project "no"; list them with: iotctl -c a.ini project list\n',
		});
		expect(run("project", "on")).toMatchObject({ exitCode: 2 });
	});

	test("switches a project on and off", async () => {
		const status = async () =>
			((await ann.ok("GET", `/project/${plan}`)).data as { status: string }).status;
		expect(done("project", "on", "天氣", ...ofAnn)).toBe("Project 天氣 is on.\n");
		expect(await status()).toBe("on");
		done("project", "off", String(plan));
		expect(await status()).toBe("off");
	});

	test("copies it, once or for each student, and adds what is missing", async () => {
		done("project", "copy", String(plan), "copy");
		expect(run("project", "copy", String(plan), "copy").err).toBe(
			"iotctl: project name already exists\n",
		);
		expect(run("project", "copy", String(plan)).err).toContain("--for-members");
		expect(run("project", "copy", String(plan), "--for-members").err).toBe(
			"iotctl: the project is not shared with a student\n",
		);
		for (const [name, said] of [
			["王小明", "made 1 copy.\n  天氣-王小明 (王小明 may edit it)\n"],
			["dan", "made 1 copy; 1 student has one already.\n  天氣-dan (dan may edit it)\n"],
		] as const) {
			const add = Bun.spawnSync([BINARY, "-c", "a.ini", "user", "add", "--role", "student", name], {
				cwd: folder,
				stdin: Buffer.from("pw\n"),
			});
			expect(add.exitCode).toBe(0);
			await ann.ok("POST", `/project/${plan}/share`, { u_id: name, may: "look" });
			expect(done("project", "copy", String(plan), "--for-members")).toBe(`天氣: ${said}`);
		}
	});

	test("brings a project to another owner by a file, and names what is wrong with others", () => {
		expect(done("project", "export", String(plan), "w.json")).toContain("Wrote 天氣 to w.json.");
		expect(readFileSync(join(folder, "w.json"), "utf8")).toContain('"bundle"');
		expect(run("project", "export", String(plan), "w.json").err).toContain("already exists");
		expect(JSON.parse(done("project", "export", "--plain", String(plan), "-"))).not.toHaveProperty(
			"bundle",
		);
		const bring = (file: string, ...more: string[]) => run("project", "import", file, ...more);
		expect(bring("w.json")).toMatchObject({ exitCode: 1, err: expect.stringContaining("--owner") });
		expect(bring("w.json", "--owner", "bob")).toMatchObject({
			exitCode: 1,
			err: "iotctl: Project name already exists\n",
		});
		expect(bring("w.json", "--owner", "bob", "--name", "new").exitCode).toBe(0);
		expect(bring("w.json", "--owner", "nobody", "--name", "x").err).toContain("not found");
		for (const [text, why] of [
			["{", "it is not complete JSON"],
			["{}", "it is not an exported project"],
		] as const) {
			writeFileSync(join(folder, "bad.json"), text);
			expect(bring("bad.json", "--owner", "bob").err).toContain(why);
		}
		expect(JSON.parse(done("project", "list", "--json", "--owner", "bob"))).toHaveLength(2);
	});
});

describe("iotctl graph show", () => {
	test("draws a project within the width", () => {
		const drawn = done("graph", "show", "天氣", ...ofAnn, "--width", "90");
		expect(drawn).toMatch(
			/^天氣 of ann, (on|off)\n\n連接\n {2}· Dummy_Device · DummySensor-I ─+▶ · Lamp · Luminance-O\n {4}no device +no device\n$/,
		);
		for (const line of drawn.split("\n")) expect(Bun.stringWidth(line)).toBeLessThanOrEqual(90);
		expect(JSON.parse(done("graph", "show", String(plan), "--json")).joins).toHaveLength(1);
		expect(run("graph", "show", "no").exitCode).toBe(1);
	});
});

describe("iotctl function try", () => {
	test("calls a function with samples, and fails when one fails", () => {
		writeFileSync(join(folder, "f.py"), "def run(x, y):\n    print('got', x)\n    return x / y\n");
		const fine = done("function", "try", "f.py", "--sample", "[1,2]", "--sample", "[6, 2]");
		expect(fine).toMatch(/^\[1,2\] → 0\.5 .*\n {2}\| got 1\n\[6,2\] → 3(\.0)? .*\n {2}\| got 6\n$/);
		const failed = run("function", "try", "f.py", "--sample", "[1,0]");
		expect(failed).toMatchObject({ exitCode: 1, err: "" });
		expect(failed.out).toContain("[1,0] → error: line 3: ZeroDivisionError: division by zero");
		const json = JSON.parse(done("function", "try", "f.py", "--sample", "[1,2]", "--json"));
		expect(json.samples).toMatchObject([{ result: 0.5, error: null }]);
	});

	test("says what is wrong with the file or a sample", () => {
		expect(run("function", "try", "none.py", "--sample", "1")).toMatchObject({
			exitCode: 1,
			err: expect.stringMatching(/^iotctl: Cannot read "none.py": no such file/i),
		});
		expect(run("function", "try", "f.py", "--sample", "x").exitCode).toBe(2);
		expect(run("function", "try", "f.py").exitCode).toBe(2);
	});
});

test("a server without projects says so", async () => {
	writeFileSync(join(folder, "csm.ini"), `[core]\nuserdir = ${folder}/csm\n${FREE}`);
	const csm = await spawnBinary(join(folder, "csm.ini"));
	expect(run("-c", "csm.ini", "project", "list")).toMatchObject({
		exitCode: 1,
		err: expect.stringContaining("the running server has no projects"),
	});
	await csm.stop();
	expect(run("-c", "csm.ini", "project", "list").exitCode).toBe(3);
});
