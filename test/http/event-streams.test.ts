import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { eventText } from "../../src/http/event-readers.ts";
import { type EventSource, EventStreams } from "../../src/http/event-streams.ts";
import { Inbox, until } from "../support/waiting.ts";

/** Tells what it is told to tell, and counts how often it is used. */
class Source implements EventSource {
	readonly calls: string[] = [];
	next: string | undefined;
	isBroken = false;

	enter(): void {
		this.calls.push("enter");
	}

	everything(): string {
		return eventText("change", "all");
	}

	changes(): string | undefined {
		if (this.isBroken) throw new Error("no more");
		this.calls.push("changes");
		return this.next;
	}

	leave(): void {
		this.calls.push("leave");
	}
}

let source: Source;
let streams: EventStreams;
beforeEach(() => {
	source = new Source();
	streams = new EventStreams({ maxReaders: 2, maxUnread: 3, everyMs: 1 }, source);
});
afterEach(() => streams.stop());

/** A client that reads what comes. */
function listen(stillMay = () => true) {
	const response = streams.open(stillMay);
	if (response === undefined) return undefined;
	const events = new Inbox<string>();
	const state = { ended: false };
	const reader = (response.body ?? new ReadableStream()).getReader();
	void (async () => {
		for (;;) {
			const { value, done } = await reader.read();
			if (done) break;
			events.add(new TextDecoder().decode(value));
		}
		state.ended = true;
	})();
	return { response, events, state, leave: () => reader.cancel() };
}

describe("event streams", () => {
	test("a reader is told everything first, then what changes", async () => {
		const reader = listen();
		expect(reader?.response.headers.get("content-type")).toBe("text/event-stream");
		expect(await reader?.events.take("the first")).toBe("event: change\ndata: all\n\n");
		source.next = eventText("change", "1");
		expect(await reader?.events.take("a change")).toBe("event: change\ndata: 1\n\n");
	});

	test("with nothing to tell nothing is sent", async () => {
		const reader = listen();
		await reader?.events.take("the first");
		await until(() => source.calls.length > 5, "some looks");
		expect(reader?.events.waiting).toEqual([]);
	});

	test("the source is entered by the first reader and left by the last", async () => {
		const first = listen();
		const second = listen();
		await first?.leave();
		await until(() => source.calls.includes("changes"), "a look");
		expect(source.calls.filter((call) => call !== "changes")).toEqual(["enter"]);
		await second?.leave();
		expect(source.calls.filter((call) => call !== "changes")).toEqual(["enter", "leave"]);
		await listen()?.leave();
		expect(source.calls.filter((call) => call === "enter")).toHaveLength(2);
	});

	test("one look serves all readers", async () => {
		const readers = [listen(), listen()];
		for (const reader of readers) await reader?.events.take("the first");
		source.next = eventText("change", "1");
		for (const reader of readers) await reader?.events.take("a change");
		streams.stop();
		const looks = source.calls.filter((call) => call === "changes").length;
		const told = readers.map((reader) => (reader?.events.waiting.length ?? 0) + 1);
		expect(Math.max(...told)).toBeLessThanOrEqual(looks);
	});

	test("there is room for so many readers", async () => {
		const first = listen();
		listen();
		expect(listen()).toBeUndefined();
		await first?.leave();
		expect(listen()).toBeDefined();
	});

	test("a reader that may listen no longer is dropped before the next event", async () => {
		let may = true;
		const reader = listen(() => may);
		const other = listen();
		await reader?.events.take("the first");
		may = false;
		source.next = eventText("change", "secret");
		await until(() => reader?.state.ended === true, "the end of the stream");
		expect(reader?.events.waiting).toEqual([]);
		expect(await other?.events.take("a change", (text) => text.includes("secret"))).toBeDefined();
	});

	test("one whose permission cannot be found out is dropped, and others are not", async () => {
		const reader = listen(() => {
			throw new Error("no database");
		});
		const other = listen();
		await until(() => reader?.state.ended === true, "the end of the stream");
		source.next = eventText("change", "1");
		await other?.events.take("a change", (text) => text.includes("1"));
	});

	test("a reader that does not read is dropped", async () => {
		const response = streams.open(() => true);
		source.next = eventText("change", "1");
		await until(() => source.calls.includes("leave"), "the reader to be dropped");
		const text = await response?.text();
		expect(text?.split("\n\n").length).toBeLessThanOrEqual(3 + 4);
	});

	test("a source that fails ends all streams, and is left", async () => {
		const reader = listen();
		source.isBroken = true;
		await until(() => reader?.state.ended === true, "the end of the stream");
		expect(source.calls.at(-1)).toBe("leave");
	});

	test("stop ends all streams", async () => {
		const readers = [listen(), listen()];
		streams.stop();
		await until(() => readers.every((reader) => reader?.state.ended === true), "both ends");
		expect(source.calls.at(-1)).toBe("leave");
	});
});
