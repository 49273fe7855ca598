// examples/seed: the device and the graph of the quick start.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { JSON_TYPE } from "../support/gateway.ts";
import { hasProgram } from "../support/programs.ts";
import { startBinary, type Target } from "../support/target.ts";
import { Classroom } from "./classroom.ts";
import { EXAMPLES, expectSquares, Program } from "./program.ts";

// Debian's interpreter: that is where its paho is.
const PYTHON = "/usr/bin/python3";
const SEED = "df682f01-7c3a-49fd-8f5f-72ce0b6e68c0";
const hasClients = hasProgram("mosquitto_rr");
const hasPaho = hasProgram(PYTHON, "-c", "import paho.mqtt.client");

const running: Program[] = [];
afterEach(async () => {
	for (const program of running.splice(0)) await program.kill();
});

function run(command: string[], env?: Record<string, string>): Program {
	const program = new Program(command, env);
	running.push(program);
	return program;
}
const graph = (...words: string[]) => run(["sh", join(EXAMPLES, "seed/graph.sh"), ...words]);
const device = (...words: string[]) => run([PYTHON, join(EXAMPLES, "seed/device.py"), ...words]);
const closed = "http://127.0.0.1:1";

describe.each(["this machine", "a network"] as const)("on %s", (kind) => {
	let room: Classroom;
	let options: string[];
	beforeAll(async () => {
		room = await Classroom.open(kind);
		options = [
			...["--server", room.http, "--every", "0.1"],
			...(room.token === undefined ? [] : ["--token", room.token]),
			...(room.ca === undefined ? [] : ["--ca", room.ca]),
		];
	});
	afterAll(() => room.dispose());

	describe.if(hasClients && hasPaho)("examples/seed", () => {
		test("squares come back to the device; the graph's replies are printed; Ctrl-C says offline", async () => {
			const cat = device(...options);
			await cat.line(/^registered as BetaCat \(df682f01-/);
			await cat.line(/^online$/);
			const { code, lines, err } = await graph(...room.mosquitto).ended();
			expect([code, err]).toEqual([0, ""]);
			const replies = lines.map((line) => JSON.parse(line));
			expect(replies.map(({ op, state }) => `${op} ${state}`)).toEqual([
				"attach ok",
				"add_funcs ok",
				"add_link ok",
				"add_link ok",
				"set_join ok",
			]);
			await expectSquares(cat);
			const again = await graph(...room.mosquitto).ended();
			expect([again.code, again.err]).toEqual([0, ""]);
			expect(again.lines.map((line) => JSON.parse(line).reason)).toEqual([
				...[undefined, undefined],
				...["link already exists", "link already exists", undefined],
			]);
			const removed = await graph("remove", ...room.mosquitto).ended();
			expect(removed).toEqual({ code: 0, lines: ['{"op":"detach","state":"ok"}'], err: "" });
			await cat.line(/^DISCONNECT odf meow$/);
			cat.interrupt();
			expect(await cat.ended()).toMatchObject({ code: 0, err: "" });
		});

		test("a script that missed a reply completes the graph when it is run again", async () => {
			const folder = mkdtempSync(join(tmpdir(), "seed-"));
			try {
				// The server carries the request out; what comes back is lost, as when the time was up.
				const lossy = `#!/bin/sh\n${Bun.which("mosquitto_rr")} "$@" >"${folder}/reply"\ncase "$*" in *add_link*) exit 27;; esac\ncat "${folder}/reply"\n`;
				writeFileSync(join(folder, "mosquitto_rr"), lossy, { mode: 0o755 });
				const script = ["sh", join(EXAMPLES, "seed/graph.sh"), ...room.mosquitto];
				const GRAPH = "missed";
				const first = await run(script, {
					GRAPH,
					PATH: `${folder}:${process.env.PATH}`,
				}).ended();
				expect([first.code, first.lines.length]).toEqual([1, 2]);
				expect(first.err).toContain('no reply to {"op":"add_link"');
				const { code, lines, err } = await run(script, { GRAPH }).ended();
				expect([code, err]).toEqual([0, ""]);
				const outcomes = lines.map((line) => JSON.parse(line).reason ?? "ok");
				expect(outcomes).toEqual(["ok", "ok", "link already exists", "ok", "ok"]);
				// The device's own graph is another one, and its test may come next.
				const removed = [...script.slice(0, 2), "remove", ...room.mosquitto];
				expect((await run(removed, { GRAPH }).ended()).code).toBe(0);
			} finally {
				rmSync(folder, { recursive: true });
			}
		});
	});
});

describe("what goes wrong ends with one line and exit code 1", () => {
	let target: Target;
	beforeAll(async () => {
		target = await startBinary({ core: { auth: "on" } });
	});
	afterAll(() => target.dispose());

	test.if(hasPaho)("device.py: no server", async () => {
		const { code, err } = await device("--server", closed).ended();
		expect(code).toBe(1);
		expect(err).toMatch(/^device\.py: cannot register at http:\/\/127\.0\.0\.1:1\/.*refused\n$/);
	});

	test.if(hasPaho)("device.py: no token, a wrong id, no such file", async () => {
		const refused = await device("--server", target.http).ended();
		expect(refused.code).toBe(1);
		expect(refused.err).toMatch(/^device\.py: the server refused to register: 401 .+\n$/);
		const wrong = await device("--server", target.http, "--id", "cat").ended();
		expect(wrong.err).toMatch(/^device\.py: the server refused to register: 404 .+\n$/);
		const noFile = await device("--ca", "/nowhere/ca.pem").ended();
		expect([noFile.code, noFile.err]).toEqual([
			1,
			expect.stringMatching(/^device\.py: .*ca\.pem.*\n$/),
		]);
	});

	test.if(hasPaho)(
		"device.py: deregistered by someone else, so that its login is refused",
		async () => {
			const room = await Classroom.open("a network");
			try {
				const [token = "", ca = ""] = [room.token, room.ca];
				const cat = device("--server", room.http, "--token", token, "--ca", ca);
				await cat.line(/^online$/);
				const { rev } = (await (await room.fetch(`/${SEED}`)).json()) as { rev: string };
				const { status } = await room.fetch(`/${SEED}`, {
					method: "DELETE",
					headers: JSON_TYPE,
					body: JSON.stringify({ rev }),
				});
				expect(status).toBe(200);
				const { code, err } = await cat.ended();
				expect(code).toBe(1);
				expect(err).toMatch(/^device\.py: the broker refused the login: .+\n$/);
			} finally {
				await room.dispose();
			}
		},
	);

	test.if(hasClients)("graph.sh: no broker, and no login", async () => {
		const none = await graph("-p", "1").ended();
		expect(none.code).toBe(1);
		expect(none.err).toContain("graph.sh: no reply to");
		const refused = await graph("-p", new URL(target.mqtt).port).ended();
		expect(refused.code).toBe(1);
		expect(refused.err).toContain("is the login right?");
	});
});
