// `npm start` in a clone whose path has a space and a letter outside ASCII, as an ordinary user.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Subprocess } from "bun";
import { Flow } from "../support/flow.ts";
import { call } from "../support/gateway.ts";
import { asOrdinary, giveToOrdinary, ORDINARY } from "../support/people.ts";
import { BINARY, type Target } from "../support/target.ts";
import { LONG_DEADLINE_MS, within } from "../support/waiting.ts";

const ROOT = join(import.meta.dir, "../..");
const TREE = ["build", "package.json", "package-lock.json", "scripts", "src", "tsconfig.json"];

let home: string;
let clone: string;
let child: Subprocess<"ignore", "pipe", "pipe"> | undefined;

beforeAll(() => {
	home = mkdtempSync(join(tmpdir(), "iotctl-clone-"));
	clone = join(home, "my clöne 2");
	mkdirSync(clone);
	for (const name of TREE) {
		// With their times: packages that are older than the lock file would be installed again.
		const how = { recursive: true, preserveTimestamps: true };
		cpSync(join(ROOT, name), join(clone, name), how);
	}
	// Hard links are made in a second; another file system needs copies.
	const modules = [join(ROOT, "node_modules"), join(clone, "node_modules")];
	const linked = Bun.spawnSync(["cp", "-al", ...modules]).exitCode === 0;
	if (!linked) Bun.spawnSync(["cp", "-a", ...modules]);
	giveToOrdinary(home);
	giveToOrdinary(clone);
	// Not the packages: as hard links they are this clone's, too.
	for (const name of TREE) {
		Bun.spawnSync(["chown", "-R", `${ORDINARY}`, "--from=0", join(clone, name)], {
			stderr: "ignore",
		});
	}
});

afterAll(async () => {
	// npm hands a signal to its shell alone, which does not pass it on.
	const stop = asOrdinary(BINARY, "-c", join(clone, "x.ini"), "stop");
	Bun.spawnSync(stop, { cwd: clone, env: { PATH: process.env.PATH ?? "", HOME: home } });
	child?.kill("SIGTERM");
	await child?.exited;
	rmSync(home, { recursive: true, force: true });
});

async function untilReady(out: ReadableStream<Uint8Array>): Promise<string> {
	let said = "";
	for await (const chunk of out) {
		said += new TextDecoder().decode(chunk);
		if (said.includes("mosquitto_sub")) return said;
	}
	throw new Error(`It ended: ${said}`);
}

async function textOf(stream: ReadableStream<Uint8Array>, take: (text: string) => void) {
	for await (const chunk of stream) take(new TextDecoder().decode(chunk));
}

describe("a clone in a folder with a space and an ö", () => {
	test("npm start passes its arguments on, and functions run", async () => {
		writeFileSync(
			join(clone, "x.ini"),
			`[core]\nuserdir = ${home}/my stäte\nhttp-port = 0\n[core-mqtt]\nport = 0\n[core-ws]\nport = 0\n`,
		);
		child = Bun.spawn(asOrdinary("npm", "start", "--silent", "--", "-c", "x.ini"), {
			cwd: clone,
			env: { PATH: process.env.PATH ?? "", HOME: home },
			stdin: "ignore",
			stdout: "pipe",
			stderr: "pipe",
		});
		let log = "";
		void textOf(child.stderr, (text) => {
			log += text;
		});
		const banner = await within(untilReady(child.stdout), "the banner", LONG_DEADLINE_MS).catch(
			(error) => {
				throw new Error(`${error.message}\n${log}`);
			},
		);
		const address = (scheme: string) =>
			new RegExp(`${scheme}://\\S+`).exec(banner)?.[0].replace("localhost", "127.0.0.1") ?? "";
		// The banner leads to the editor.
		const { origin } = new URL(address("http"));
		const target = { http: origin, mqtt: address("mqtt") } as Target;
		const { json } = await call(target, "GET", "/api/status");
		expect(json.database).toBe(`${home}/my stäte/iottalk.db`);
		const flow = await Flow.build(target, {
			idfs: [{ code: "def run(x):\n    return x + 1\n" }],
			odfs: [{}],
		});
		await flow.expect([4], [5]);
		await flow.device.client.end();
	});
});
