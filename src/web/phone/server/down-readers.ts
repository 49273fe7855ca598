import { EventParser } from "../../editor/project/event-parser.ts";
import type { PhoneClock } from "../phone-clock.ts";

/** How reading ended. */
export type DownEnd =
	/** The server or the network ended it. */
	| { readonly kind: "lost"; readonly retryAfterS?: number }
	/** The server will not have it. */
	| { readonly kind: "refused"; readonly status: number };

export interface DownRequest {
	readonly url: string;
	/** Its login, where it is not a cookie. */
	readonly headers: Readonly<Record<string, string>>;
	readonly signal: AbortSignal;
	readonly clock: PhoneClock;
	/** An event of the stream. @param data Its JSON. */
	onEvent(name: string, data: unknown): void;
	/** Something arrived, be it only a heartbeat. */
	onSign(): void;
}

/** Reads what a device is told until that ends. Never rejects. */
export type ReadDown = (request: DownRequest) => Promise<DownEnd>;

/** The server sends a heartbeat every 15 seconds. */
const SILENCE_MS = 40_000;
const POLL_WAIT_S = 25;
const GLANCE_MS = 5_000;
const LOST: DownEnd = { kind: "lost" };

/** The best way this browser has. @param hasCookie Whether its login is a cookie. */
export function readerFor(hasCookie: boolean): ReadDown {
	const canStream = "TextDecoder" in globalThis && "body" in Response.prototype;
	if (canStream) return readStream;
	return hasCookie && "EventSource" in globalThis ? readEventSource : readPolls;
}

/** By a stream that is read as it comes, which also shows refusals and heartbeats. */
export async function readStream(request: DownRequest): Promise<DownEnd> {
	const { url, headers, clock } = request;
	const stop = new AbortController();
	const end = () => stop.abort();
	request.signal.addEventListener("abort", end);
	let isQuiet = clock.after(SILENCE_MS, end);
	try {
		const response = await fetch(url, {
			headers: { ...headers, accept: "text/event-stream" },
			cache: "no-store",
			signal: stop.signal,
		});
		if (!response.ok || response.body === null) return endBy(response);
		const reader = response.body.getReader();
		const decoder = new TextDecoder();
		const parser = new EventParser();
		for (;;) {
			const { done, value } = await reader.read();
			if (done) return LOST;
			isQuiet();
			isQuiet = clock.after(SILENCE_MS, end);
			request.onSign();
			for (const { name, data } of parser.feed(decoder.decode(value, { stream: true }))) {
				request.onEvent(name, jsonOf(data));
			}
		}
	} catch {
		return LOST;
	} finally {
		isQuiet();
		request.signal.removeEventListener("abort", end);
	}
}

/** By EventSource, for older browsers; it cannot show a login of its own, and tells nothing of refusals. */
function readEventSource({ url, signal, onEvent, onSign }: DownRequest): Promise<DownEnd> {
	return new Promise((resolve) => {
		const source = new EventSource(url);
		const end = () => {
			source.close();
			resolve(LOST);
		};
		signal.addEventListener("abort", end);
		source.onerror = end;
		for (const name of ["state", "connect", "disconnect", "data", "removed"]) {
			source.addEventListener(name, (event) => {
				onSign();
				onEvent(name, jsonOf((event as MessageEvent<string>).data));
			});
		}
	});
}

/** By asking again and again; each answer waits until there is something to say. */
export function readPolls(request: DownRequest): Promise<DownEnd> {
	return poll(request, POLL_WAIT_S, async () => {});
}

/** By asking every few seconds, which holds no connection. */
export function readGlances(request: DownRequest): Promise<DownEnd> {
	const { clock, signal } = request;
	const pause = () =>
		new Promise<void>((resolve) => {
			const done = () => {
				cancel();
				signal.removeEventListener("abort", done);
				resolve();
			};
			const cancel = clock.after(GLANCE_MS, done);
			signal.addEventListener("abort", done);
			if (signal.aborted) done();
		});
	return poll(request, 0, pause);
}

async function poll(
	request: DownRequest,
	waitS: number,
	pause: () => Promise<void>,
): Promise<DownEnd> {
	const { url, headers, signal, onEvent, onSign } = request;
	try {
		for (let after = ""; ; ) {
			const response = await fetch(`${url}?wait=${waitS}${after}`, {
				headers: { ...headers, accept: "application/json" },
				cache: "no-store",
				signal,
			});
			if (!response.ok) return endBy(response);
			const { data = {}, next, ...state }: Polled = await response.json();
			onSign();
			onEvent("state", state);
			for (const line of Object.entries(data)) onEvent("data", line);
			after = next === undefined ? "" : `&after=${next}`;
			await pause();
		}
	} catch {
		return LOST;
	}
}

interface Polled {
	readonly data?: Readonly<Record<string, unknown>>;
	readonly next?: number;
}

function endBy({ status, headers }: Response): DownEnd {
	if (status >= 400 && status < 500 && status !== 408 && status !== 429) {
		return { kind: "refused", status };
	}
	return { kind: "lost", retryAfterS: secondsIn(headers) };
}

/** What `Retry-After` says, seconds. */
export function secondsIn(headers: Pick<Headers, "get">): number {
	const seconds = Number(headers.get("retry-after"));
	return Number.isFinite(seconds) ? Math.min(60, Math.max(0, seconds)) : 0;
}

function jsonOf(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
