import { type ReadonlySignal, signal } from "@preact/signals";
import type { PhoneClock } from "../phone-clock.ts";
import { type ReadDown, readGlances } from "./down-readers.ts";

/** What pages of this server in one browser say to each other. */
export interface PageTalk {
	post(word: "who streams" | "I do"): void;
	hear(take: (word: unknown) => void): void;
}

export interface PageView {
	isHidden(): boolean;
	onChange(run: () => void): void;
}

/** A browser opens six connections to a server; hidden pages may hold half of them with their streams. */
const MOST_HIDDEN = 3;
const ANSWER_MS = 300;

/**
 * Whether a page does without a stream: it is hidden, and others have theirs.
 * @param talk Missing in older browsers; each page has a stream there.
 */
export function thrift(
	talk: PageTalk | undefined,
	view: PageView,
	clock: PhoneClock,
): ReadonlySignal<boolean> {
	const isThrifty = signal(talk !== undefined && view.isHidden());
	if (talk === undefined) return isThrifty;
	let others = 0;
	talk.hear((word) => {
		if (word === "I do") others++;
		else if (word === "who streams" && !isThrifty.value) talk.post("I do");
	});
	const decide = () => {
		if (!view.isHidden()) {
			isThrifty.value = false;
			return;
		}
		others = 0;
		talk.post("who streams");
		clock.after(ANSWER_MS, () => {
			if (view.isHidden()) isThrifty.value = others >= MOST_HIDDEN;
		});
	};
	view.onChange(decide);
	decide();
	return isThrifty;
}

/** Reads by a stream, or at a glance from time to time while thrift asks for it. */
export function thriftyReader(stream: ReadDown, isThrifty: ReadonlySignal<boolean>): ReadDown {
	return async (request) => {
		for (;;) {
			const stop = new AbortController();
			const end = () => stop.abort();
			request.signal.addEventListener("abort", end);
			const wasThrifty = isThrifty.peek();
			const unsubscribe = isThrifty.subscribe((now) => {
				if (now === wasThrifty) return;
				// Looked at before the stream ends, the device stays online.
				if (now) void readGlances({ ...request, signal: stop.signal, onSign: end });
				else end();
			});
			const how = await (wasThrifty ? readGlances : stream)({ ...request, signal: stop.signal });
			unsubscribe();
			request.signal.removeEventListener("abort", end);
			if (request.signal.aborted || isThrifty.peek() === wasThrifty) return how;
		}
	};
}

/** The browser's own. */
export function browserTalk(): PageTalk | undefined {
	if (!("BroadcastChannel" in globalThis)) return undefined;
	const channel = new BroadcastChannel("iottalk-da");
	return {
		post: (word) => channel.postMessage(word),
		hear: (take) => {
			channel.onmessage = ({ data }) => take(data);
		},
	};
}

export const browserView: PageView = {
	isHidden: () => document.hidden,
	onChange: (run) => document.addEventListener("visibilitychange", run),
};
