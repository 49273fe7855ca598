// Where the log cannot be written or read, the server goes on, quietly.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readFileSync, rmSync } from "node:fs";
import type { Subprocess } from "bun";
import { TestHome } from "../support/binary.ts";
import { body, call } from "../support/gateway.ts";
import { BINARY, type Target } from "../support/target.ts";
import { until } from "../support/waiting.ts";

const ID = "df682f01-7c3a-49fd-8f5f-72ce0b6e68c0";
/** How long the idle server is watched. */
const OBSERVED_MS = 2000;

let home: TestHome;
let server: Subprocess;
beforeEach(() => {
	home = new TestHome("trouble");
});
afterEach(async () => {
	server.kill("SIGTERM");
	await server.exited;
	home.clear();
});

/** Starts the server from a shell that leads its outputs somewhere, and waits until it is ready. */
async function start(before: string, redirections: string): Promise<Target> {
	const pipe = `'${home.folder}/pipe'`;
	const script = `${before} exec '${BINARY}' -c '${home.ini}' start csm ${redirections}`;
	server = Bun.spawn(["sh", "-c", script.replaceAll("PIPE", pipe)], {
		env: { PATH: process.env.PATH ?? "", HOME: home.folder },
		stdio: ["ignore", "ignore", "ignore"],
	});
	await until(() => home.run("status").exitCode === 0, "the server to be ready");
	return { http: JSON.parse(home.run("status", "--json").out).http } as Target;
}

/** Processor time of the server so far, milliseconds. */
function cpuMs(): number {
	const stat = readFileSync(`/proc/${server.pid}/stat`, "utf8").split(") ")[1] ?? "";
	const [user, system] = stat.split(" ").slice(11, 13).map(Number);
	return ((user ?? 0) + (system ?? 0)) * 10;
}

/** Opened for reading as well, which no one does. */
const READER = "mkfifo PIPE; exec 3<>PIPE;";

describe("a server goes on, and uses no time, with", () => {
	test.each([
		["no room for its log", "", "2>/dev/full"],
		["no room for its banner and its log", "", ">/dev/full 2>/dev/full"],
		["its outputs closed", "", ">&- 2>&-"],
		["a reader that is gone", "mkfifo PIPE; true <PIPE & exec 3>PIPE; wait;", ">&3 2>&3"],
		["a reader that does not read", READER, ">/dev/null 2>&3"],
	])("%s", async (_name, before, redirections) => {
		const target = await start(before, redirections);
		for (let n = 0; n < 300; n++) {
			const { status } = await call(target, "PUT", `/${ID}`, body({ name: "x".repeat(5000) }));
			expect(status).toBe(200);
		}
		const used = cpuMs();
		await Bun.sleep(OBSERVED_MS);
		expect(cpuMs() - used).toBeLessThan(OBSERVED_MS / 5);
		expect((await call(target, "GET", `/${ID}`)).status).toBe(200);
	});
});

test("a command whose output cannot be written fails and says so", () => {
	server = Bun.spawn(["true"]);
	const run = (redirection: string) => {
		const script = `'${BINARY}' -c '${home.ini}' genconf '${home.folder}/new.ini' ${redirection}`;
		rmSync(`${home.folder}/new.ini`, { force: true });
		const { exitCode, stderr } = Bun.spawnSync(["sh", "-c", script], {
			env: { PATH: process.env.PATH ?? "", HOME: home.folder },
		});
		return [exitCode, stderr.toString()];
	};
	expect(run(">/dev/full")).toEqual([
		1,
		expect.stringMatching(/^iotctl: Cannot write the output: ENOSPC.*\n$/),
	]);
	expect(run("2>/dev/full >/dev/null")).toEqual([0, ""]);
});
