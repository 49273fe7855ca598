// examples/node: a device on Node.js.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { hasProgram } from "../support/programs.ts";
import { Classroom } from "./classroom.ts";
import { drawGraph, EXAMPLES, expectSquares, Program } from "./program.ts";

const ready = hasProgram("node") && hasProgram("mosquitto_rr");
const running: Program[] = [];
afterEach(async () => {
	for (const program of running.splice(0)) await program.kill();
});

function device(words: string[], env?: Record<string, string>): Program {
	const program = new Program(["node", join(EXAMPLES, "node/device.mjs"), ...words], env);
	running.push(program);
	return program;
}

describe.each(["this machine", "a network"] as const)("on %s", (kind) => {
	let room: Classroom;
	beforeAll(async () => {
		room = await Classroom.open(kind);
	});
	afterAll(() => room.dispose());

	describe.if(ready)("examples/node", () => {
		test("squares come back to the device; it comes back after a restart; Ctrl-C deregisters", async () => {
			const { http, token, ca } = room;
			const options = ["--server", http, "--every", "0.1"];
			if (token !== undefined) options.push("--token", token);
			const cat = device(options, ca === undefined ? {} : { NODE_EXTRA_CA_CERTS: ca });
			const [, id = ""] = await cat.line(/^registered as NodeCat \((\S+)\)$/);
			await cat.line(/^online$/);
			await drawGraph(id, room.mosquitto);
			await expectSquares(cat);
			await room.restart();
			await cat.line(/^online$/);
			await expectSquares(cat);
			cat.interrupt();
			expect((await cat.ended()).code).toBe(0);
			expect((await room.fetch(`/${id}`)).status).toBe(404);
		});

		test("a server that is not there, or refuses, ends it with one line and exit code 1", async () => {
			const none = await device(["--server", "http://127.0.0.1:1"]).ended();
			expect(none.code).toBe(1);
			expect(none.err).toMatch(/^device\.mjs: cannot register at http:\/\/127\.0\.0\.1:1\/.*\n$/);
			const wrong = await device(["--server", room.http, "--id", "cat"]).ended();
			expect(wrong.code).toBe(1);
			expect(wrong.err).toMatch(/^device\.mjs: .+\n$/);
		});
	});
});
