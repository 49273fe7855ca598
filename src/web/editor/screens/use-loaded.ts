import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { PageClock } from "../app-context.ts";
import type { Answer } from "../server/ask.ts";

/** What a screen shows of an answer. */
export interface Loaded<T> {
	/** The last answer; undefined: none yet. */
	readonly value: T | undefined;
	/** Why the last try failed; undefined: it did not, or is still open. */
	readonly reason: string | undefined;
	/** Status of that refusal; 0: the server could not be reached. */
	readonly status: number | undefined;
	readonly reload: () => void;
}

export interface LoadedOptions {
	readonly clock: PageClock;
	/** Another one drops what is shown and asks again. */
	readonly key?: string;
	/** Asked again so often while the page is visible; 0: never. */
	readonly everyMs?: number;
}

interface Shown<T> {
	readonly key: string;
	readonly answer?: Answer<T>;
	readonly value?: T;
}

/** Asks the server when a screen is shown, and again from time to time; answers that were overtaken are dropped. */
export function useLoaded<T>(
	load: () => Promise<Answer<T>>,
	{ clock, key = "", everyMs = 0 }: LoadedOptions,
): Loaded<T> {
	const [shown, setShown] = useState<Shown<T>>({ key });
	const latest = useRef(load);
	latest.current = load;
	const last = useRef(0);
	const reload = useCallback(async () => {
		last.current += 1;
		const mine = last.current;
		const answer = await latest.current();
		if (mine !== last.current) return;
		setShown((before) => {
			const kept = before.key === key ? before.value : undefined;
			const value = answer.ok ? answer.body : kept;
			return { key, answer, ...(value !== undefined && { value }) };
		});
	}, [key]);
	useEffect(() => {
		let callOff = () => {};
		let hasEnded = false;
		const later = () => {
			if (everyMs > 0 && !hasEnded) callOff = clock.after(everyMs, () => void run());
		};
		const run = async () => {
			callOff();
			if (!document.hidden) await reload();
			later();
		};
		const onVisible = () => {
			if (!document.hidden && everyMs > 0) void run();
		};
		void reload().then(later);
		document.addEventListener("visibilitychange", onVisible);
		return () => {
			hasEnded = true;
			last.current += 1;
			callOff();
			document.removeEventListener("visibilitychange", onVisible);
		};
	}, [reload, clock, everyMs]);
	const { value, answer } = shown.key === key ? shown : {};
	const refusal = answer?.ok === false ? answer : undefined;
	return {
		value,
		reason: refusal?.reason,
		status: refusal?.status,
		reload: () => void reload(),
	};
}
