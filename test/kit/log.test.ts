import { describe, expect, test } from "bun:test";
import { createLogger, type LogOptions } from "../../src/kit/log.ts";
import { type LineSink, type LineStream, StreamSink } from "../../src/kit/log-sink.ts";
import { until } from "../support/waiting.ts";

const LIMIT = { lines: 20, windowMs: 60_000 };

function build(format: "text" | "json", options: Partial<LogOptions> = {}) {
	const lines: string[] = [];
	const log = createLogger({
		level: "info",
		format,
		limit: LIMIT,
		write: (line) => void lines.push(line),
		...options,
	});
	return { log, lines };
}

const bytes = (line: string) => Buffer.byteLength(line);
/** What outside texts may be made of: controls, directions, emoji, quotes, backslashes. */
const NASTY = '\u001b[2J\u009b31m\u007f\u202e\u2066\u2028\n\r\t"\\é漢🙂\ud800';
const ACTIVE = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u;

describe.each(["text", "json"] as const)("a line in %s", (format) => {
	test.each([
		["one long text", { model: "m".repeat(900_000) }],
		["many bytes a character", { model: "漢".repeat(900_000) }],
		["characters that are escaped", { model: NASTY.repeat(20_000) }],
		["controls only", { model: "\u0001".repeat(100_000) }],
		["halves of characters", { model: `x${"🙂".repeat(10_000)}` }],
		["many texts", { list: Array.from({ length: 5000 }, (_, n) => `text ${n}`) }],
		["many keys", Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`key ${n}`, n]))],
		["one long key", { ["k".repeat(100_000)]: 1 }],
		["deep lists", { deep: JSON.parse(`${"[".repeat(5000)}1${"]".repeat(5000)}`) }],
		["deep and wide", { a: Array(300).fill(Array(300).fill("x".repeat(300))) }],
		["just over the limit", { model: "m".repeat(8100) }],
	])("is 8 KB at most and whole: %s", (_name, fields) => {
		const { log, lines } = build(format);
		log.component("devices").warn("device registered", { da_id: "a", ...fields });
		const [line = ""] = lines;
		expect(lines).toHaveLength(1);
		expect(bytes(line)).toBeLessThanOrEqual(8192);
		expect(line).toEndWith("\n");
		expect(line.trimEnd()).not.toMatch(ACTIVE);
		expect(line).toContain("device registered");
		expect(line).toMatch(/cut_from|\(cut from \d+ bytes\)/);
		if (format === "json") {
			expect(JSON.parse(line)).toMatchObject({ component: "devices", level: "warn" });
		}
		expect(bytes(log.recent()[0] ?? "")).toBeLessThanOrEqual(8192);
	});

	test("that is short enough is not touched", () => {
		const { log, lines } = build(format);
		log.info("x", { model: "m".repeat(8000) });
		expect(lines[0]).toContain("m".repeat(8000));
		expect(lines[0]).not.toContain("cut");
	});

	test("shows what a terminal would act on, wherever it is", () => {
		const { log, lines } = build(format);
		log
			.component(`component ${NASTY}`)
			.warn(`message ${NASTY}`, { [`key ${NASTY}`]: { deep: [NASTY] } });
		const [line = ""] = lines;
		expect(lines).toHaveLength(1);
		expect(line.trimEnd()).not.toMatch(ACTIVE);
		for (const shown of ["\\u001b", "\\u009b", "\\u202e", "\\u2066", "漢", "🙂"]) {
			expect(line).toContain(shown);
		}
		if (format === "json") expect(JSON.parse(line).msg).toBe(`message ${NASTY}`);
	});
});

describe("lines of a kind", () => {
	test("20 are written, then they are counted; other kinds and components go on", () => {
		const { log, lines } = build("json");
		for (let n = 0; n < 1000; n++) {
			log.component("http").warn("request refused", { n });
			log.component("broker").warn("request refused", { n });
		}
		log.component("http").error("request refused");
		log.component("http").warn("something else");
		expect(lines).toHaveLength(42);
		log.flush();
		expect(lines.slice(42).map((line) => JSON.parse(line))).toEqual(
			["http", "broker"].map((component) =>
				expect.objectContaining({
					level: "warn",
					component,
					// The field's old name.
					room: component,
					of: "request refused",
					times: 980,
					msg: "further lines of this kind suppressed",
				}),
			),
		);
		log.flush();
		expect(lines).toHaveLength(44);
	});

	test("the count comes by itself, and then lines are written again", async () => {
		const { log, lines } = build("json", { limit: { lines: 2, windowMs: 50 } });
		for (let n = 0; n < 5; n++) log.info("x");
		expect(lines).toHaveLength(2);
		await until(() => lines.length === 3, "the count");
		expect(JSON.parse(lines[2] ?? "")).toMatchObject({ level: "info", of: "x", times: 3 });
		log.info("x");
		expect(lines).toHaveLength(4);
	});

	test("what an administrator did and debug lines are never suppressed", () => {
		const { log, lines } = build("json", { level: "debug" });
		for (let n = 0; n < 100; n++) {
			log.audit("request done", { user: "admin" });
			log.debug("client connected");
		}
		expect(lines).toHaveLength(200);
	});

	test("what is too quiet to be written is not counted", () => {
		const { log, lines } = build("json", { level: "error" });
		for (let n = 0; n < 100; n++) log.warn("x");
		log.flush();
		expect(lines).toEqual([]);
	});
});

/** A stream as Bun's, whose end the test controls. */
class Pipe implements LineStream {
	readonly lines: string[] = [];
	readonly undecided: (() => void)[] = [];
	trouble: Error | undefined;
	stalled = false;

	write(line: string, written: (error?: Error | null) => void): void {
		const decide = () => {
			if (this.trouble === undefined) this.lines.push(line);
			written(this.trouble);
		};
		if (this.stalled) this.undecided.push(decide);
		else decide();
	}

	on(): void {}
}

describe("a log that cannot be written", () => {
	const build = (pipe: Pipe) => {
		const sink: LineSink = new StreamSink(pipe);
		return createLogger({ level: "info", format: "json", sink, limit: { ...LIMIT, lines: 1e6 } });
	};

	test("says once how much was lost, when it is possible again", () => {
		const pipe = new Pipe();
		const log = build(pipe);
		pipe.trouble = new Error("no space left on device");
		for (let n = 0; n < 100; n++) log.warn("x", { n });
		pipe.trouble = undefined;
		for (let n = 0; n < 3; n++) log.warn("y", { n });
		expect(pipe.lines.map((line) => JSON.parse(line))).toMatchObject([
			{ msg: "y" },
			{ msg: "log lines lost", times: 100, reason: "no space left on device" },
			{ msg: "y" },
			{ msg: "y" },
		]);
	});

	test("holds a megabyte for a reader that is slow, and no more", () => {
		const pipe = new Pipe();
		pipe.stalled = true;
		const log = build(pipe);
		for (let n = 0; n < 10_000; n++) log.warn("x", { text: "y".repeat(1000) });
		expect(pipe.undecided.length).toBeLessThan(1100);
		pipe.stalled = false;
		for (const decide of pipe.undecided.splice(0)) decide();
		const said = pipe.lines.filter((line) => line.includes("log lines lost"));
		expect(said).toHaveLength(1);
		expect(JSON.parse(said[0] ?? "")).toMatchObject({ reason: "its reader does not read" });
	});
});
