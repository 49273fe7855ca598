import { afterEach, describe, expect, test } from "bun:test";
import { signal } from "@preact/signals";
import type { Server } from "bun";
import { type PageTalk, thrift, thriftyReader } from "../../../../src/web/phone/server/thrift.ts";
import { ManualClock } from "../../../support/manual-clock.ts";
import { Inbox, within } from "../../../support/waiting.ts";

/** Pages of one browser. */
class Browser {
	readonly clock = new ManualClock();
	readonly #ears: ((word: unknown) => void)[] = [];

	open(isHidden: boolean) {
		const changes: (() => void)[] = [];
		let hidden = isHidden;
		let own: (word: unknown) => void = () => {};
		const talk: PageTalk = {
			post: (word) => {
				for (const hear of this.#ears) if (hear !== own) hear(word);
			},
			hear: (take) => {
				own = take;
				this.#ears.push(take);
			},
		};
		const view = { isHidden: () => hidden, onChange: (run: () => void) => changes.push(run) };
		const isThrifty = thrift(talk, view, this.clock);
		const set = (to: boolean) => {
			hidden = to;
			for (const run of changes) run();
			this.clock.move(1_000);
		};
		return { isThrifty, hide: () => set(true), show: () => set(false) };
	}
}

describe("pages of one browser", () => {
	test("hidden ones keep three streams at most, and the one that is seen has its own", () => {
		const browser = new Browser();
		const pages = Array.from({ length: 7 }, () => {
			const page = browser.open(false);
			page.hide();
			return page;
		});
		const thrifty = () => pages.map(({ isThrifty }) => isThrifty.value);
		expect(thrifty()).toEqual([false, false, false, true, true, true, true]);
		pages[5]?.show();
		expect(thrifty()[5]).toBe(false);
		pages[5]?.hide();
		expect(thrifty()[5]).toBe(true);
	});

	test("one that begins hidden waits for the answers of the others", () => {
		const browser = new Browser();
		const page = browser.open(true);
		expect(page.isThrifty.value).toBe(true);
		browser.clock.move(1_000);
		expect(page.isThrifty.value).toBe(false);
	});

	test("without a way to talk each has a stream", () => {
		const view = { isHidden: () => true, onChange: () => {} };
		expect(thrift(undefined, view, new ManualClock()).value).toBe(false);
	});
});

describe("a thrifty page", () => {
	let server: Server<undefined> | undefined;
	afterEach(() => server?.stop(true));

	test("looks before its stream ends, looks again, and has a stream again when it may", async () => {
		const asked = new Inbox<string>();
		server = Bun.serve({
			...{ port: 0, hostname: "127.0.0.1" },
			fetch: ({ url }) => {
				asked.add(new URL(url).search);
				return Response.json({ connected: [], next: 4 });
			},
		});
		const isThrifty = signal(false);
		const streams = new Inbox<AbortSignal>();
		const clock = new ManualClock();
		const stop = new AbortController();
		const read = thriftyReader(
			({ signal: end }) =>
				new Promise((resolve) => {
					streams.add(end);
					end.addEventListener("abort", () => resolve({ kind: "lost" }));
				}),
			isThrifty,
		);
		const url = `${server.url}x/down`;
		const ended = read({
			...{ url, headers: {}, clock, signal: stop.signal },
			...{ onEvent: () => {}, onSign: () => {} },
		});
		const stream = await streams.take("the stream");
		isThrifty.value = true;
		await asked.take("the look before");
		await asked.take("the first glance", (search) => search === "?wait=0");
		expect(stream.aborted).toBe(true);
		isThrifty.value = false;
		await streams.take("another stream");
		stop.abort();
		expect(await within(ended, "the end")).toEqual({ kind: "lost" });
	});
});
