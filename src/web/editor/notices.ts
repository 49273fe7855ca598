import { type ReadonlySignal, signal } from "@preact/signals";
import type { NoticeAction, NoticeKind, Notices, PageClock } from "./app-context.ts";

/** How long good news are shown; longer with something to press. */
const SHOWN_MS = 6000;
const SHOWN_WITH_ACTION_MS = 12_000;
const MOST = 3;

export interface Notice {
	readonly id: number;
	readonly text: string;
	readonly kind: NoticeKind;
	readonly action: NoticeAction | undefined;
}

/** Notices, and what shows them. */
export interface NoticeList extends Notices {
	readonly shown: ReadonlySignal<readonly Notice[]>;
	close(id: number): void;
}

/** At most three at once: the oldest goes first. The same sentence is shown once. */
export function noticeList(clock: Pick<PageClock, "after">): NoticeList {
	const shown = signal<readonly Notice[]>([]);
	let last = 0;
	const close = (id: number) => {
		shown.value = shown.value.filter((notice) => notice.id !== id);
	};
	const say = (text: string, kind: NoticeKind = "info", action?: NoticeAction) => {
		last += 1;
		const notice = { id: last, text, kind, action };
		const others = shown.value.filter((other) => other.text !== text);
		shown.value = [...others, notice].slice(-MOST);
		const ms = action === undefined ? SHOWN_MS : SHOWN_WITH_ACTION_MS;
		if (kind !== "bad") clock.after(ms, () => close(notice.id));
	};
	return { shown, say, close };
}
