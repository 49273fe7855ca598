// `iotctl demo` in an empty home, with the compiled binary: what it shows, and that nothing of it stays.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BINARY, PATH_WITH_BINARY } from "../support/target.ts";
import { LONG_DEADLINE_MS, until, within } from "../support/waiting.ts";

let folder: string;
const place = (name: string) => join(folder, name);
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-demo-test-"));
	for (const name of ["home", "tmp"]) mkdirSync(place(name));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const VALUE = / {2}thermometer {2}[\d.]+ °C {2}→ {2}fahrenheit {2}→ {2}display {2}[\d.]+ °F\n/g;

function start() {
	const child = Bun.spawn([BINARY, "demo"], {
		cwd: place("home"),
		env: { PATH: PATH_WITH_BINARY, HOME: place("home"), TMPDIR: place("tmp") },
		stdin: "ignore",
		stdout: "pipe",
		stderr: "pipe",
	});
	let out = "";
	const read = (async () => {
		for await (const chunk of child.stdout) out += new TextDecoder().decode(chunk);
	})();
	return { child, read, out: () => out, err: () => new Response(child.stderr).text() };
}

/** The processes a process has started. */
function childrenOf(pid: number): number[] {
	const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
	return text === "" ? [] : text.split(" ").map(Number);
}

function expectNothingLeft(): void {
	expect(readdirSync(place("home"))).toEqual([]);
	expect(readdirSync(place("tmp"))).toEqual([]);
}

describe("iotctl demo", () => {
	test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
		"prints values, and %s ends it with nothing left",
		async (signal) => {
			const { child, read, out, err } = start();
			await until(() => (out().match(VALUE) ?? []).length >= 2, "two values", {
				ms: LONG_DEADLINE_MS,
				seen: out,
			});
			expect(out()).toContain("    def run(celsius):\n");
			const [, http = ""] = /browser: (http:\S+)/.exec(out()) ?? [];
			expect((await fetch(http)).status).toBe(200);
			expect(out()).toMatch(/\nNext: iotctl start /);
			const children = childrenOf(child.pid);
			expect(children.length).toBeGreaterThan(0);
			child.kill(signal);
			expect(await within(child.exited, "the demo's end")).toBe(0);
			await read;
			expect(out()).toEndWith("\nThe demo has ended, and nothing of it is left.\n");
			expect(await err()).toBe("");
			await until(() => children.every((pid) => !existsSync(`/proc/${pid}`)), "the engine's end");
			expectNothingLeft();
		},
	);

	test("can be ended while it starts, also twice", async () => {
		for (const signals of [1, 2]) {
			const { child } = start();
			await until(() => readdirSync(place("tmp")).length > 0, "its directory");
			for (let n = 0; n < signals; n++) child.kill("SIGINT");
			await within(child.exited, "the demo's end");
			expectNothingLeft();
		}
	});

	test("ends when nothing reads it any more", async () => {
		const line = `"${BINARY}" demo | head -n 1`;
		const env = { PATH: PATH_WITH_BINARY, HOME: place("home"), TMPDIR: place("tmp") };
		const shell = Bun.spawn(["/bin/bash", "-c", `set -o pipefail; ${line}`], { env });
		await within(shell.exited, "the demo's end", LONG_DEADLINE_MS);
		expectNothingLeft();
	});
});
