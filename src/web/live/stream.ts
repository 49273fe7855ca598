import type { ChangesView } from "../../contract/mod.ts";

/** The server sends an event each second: after so long it is frozen, or the network is gone. */
export const SILENT_MS = 5000;
/** A connection that died without a word would stay open for minutes. */
const REOPEN_MS = 10_000;
const LOOK_EVERY_MS = 1000;
const RELOAD_MS = 2000;

export interface StreamEvents {
	readonly onChange: (changes: ChangesView, now: number) => void;
	/** Nothing has come for {@link SILENT_MS}; called once. */
	readonly onSilent: () => void;
	/** The connection is gone, and a new one is being made. */
	readonly onLost: () => void;
}

/** Follows the server's events for as long as the page is there. @returns what ends it. */
export function followEvents(path: string, { onChange, onSilent, onLost }: StreamEvents) {
	let source: EventSource | undefined;
	let heardAt = performance.now();
	let openedAt = heardAt;
	const open = () => {
		openedAt = performance.now();
		const opened = new EventSource(path);
		source = opened;
		opened.addEventListener("change", ({ data }) => {
			if (opened !== source) return;
			heardAt = performance.now();
			onChange(JSON.parse(data), heardAt);
		});
		// The browser tries again by itself; the first event of a new connection holds everything.
		opened.onerror = () => {
			if (opened !== source) return;
			onLost();
			openedAt = performance.now();
			// Refused for good: the reader has to log in again.
			if (opened.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), RELOAD_MS);
		};
	};
	const timer = setInterval(() => {
		const now = performance.now();
		if (now - heardAt > SILENT_MS) onSilent();
		if (now - Math.max(heardAt, openedAt) < REOPEN_MS) return;
		source?.close();
		onLost();
		open();
	}, LOOK_EVERY_MS);
	open();
	return () => {
		clearInterval(timer);
		source?.close();
	};
}
