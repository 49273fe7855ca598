import { describe, expect, test } from "bun:test";
import { embeddedPython, localZoneEnv } from "../../../src/dataflow/python/engine-process.ts";
import { ENGINE_LIMITS, RealEngine } from "../../support/real-engine.ts";

/** A program that answers on the channel as the shell's lines say. */
const shell = (script: string) => new RealEngine({ argv: ["/bin/sh", "-c", script], env: {} });

describe("engine process", () => {
	test("hears answers, and how the process ends", async () => {
		const engine = shell("printf 'ready 0\\ndone 4\\nnull' >&3; exit 7");
		expect(await engine.replies.take("ready")).toEqual({ answer: "ready", unfiltered: "" });
		expect(await engine.replies.take("done")).toEqual({ answer: "done", text: "null" });
		expect(await engine.ended()).toBe("exit code 7");
	});

	test("hands over requests as frames", async () => {
		const engine = shell(
			"read head <&3; printf 'done %d\\n%s' ${#head} \"$head\" >&3; read rest <&3",
		);
		expect(await engine.ask("drop", "12\n")).toBe("drop 3");
		await engine.stop();
	});

	test("a signal is named", async () => {
		expect(await shell("kill -SEGV $$").ended()).toBe("signal SIGSEGV");
	});

	test("what is not a frame ends the process, with what was wrong", async () => {
		expect(await shell("printf 'hello 0\\n' >&3; read rest <&3").ended()).toContain(
			'the word "hello"',
		);
		expect(await shell("printf 'done 999999999\\n' >&3; read rest <&3").ended()).toContain(
			"a frame of 999999999 bytes",
		);
	});

	test("a killed process is gone", async () => {
		const engine = shell("while :; do read rest <&3; done");
		await engine.stop();
		expect(() => process.kill(engine.pid, 0)).toThrow("ESRCH");
	});

	test("the environment has nothing of the server's but the time zone", async () => {
		const { TZ } = process.env;
		try {
			process.env.TZ = "Asia/Taipei";
			expect(localZoneEnv()).toEqual({ TZ: "Asia/Taipei" });
			delete process.env.TZ;
			expect(localZoneEnv()).toEqual({});
		} finally {
			if (TZ !== undefined) process.env.TZ = TZ;
		}
		const engine = shell(
			"text=$(env | cut -d= -f1 | sort | tr '\\n' ' '); printf 'done %d\\n%s' ${#text} \"$text\" >&3",
		);
		const { answer, ...rest } = await engine.replies.take("the names");
		expect([answer, JSON.stringify(rest)]).toEqual(["done", expect.not.stringContaining("PATH=")]);
		await engine.ended();
	});

	test("the built-in Python is this program again, with its limits", () => {
		const { argv, env, stackBytes } = embeddedPython(ENGINE_LIMITS);
		expect(argv.slice(-2)).toEqual(["--engine", JSON.stringify(ENGINE_LIMITS)]);
		expect(env).toHaveProperty("BUN_JSC_maxPerThreadStackUsage");
		expect(stackBytes).toBeGreaterThan(8 << 20);
	});
});
