import { useCallback, useEffect, useState } from "preact/hooks";
import type { Ask } from "../app-context.ts";

/** What the server was asked for a part of the panel. */
export interface Answered<T> {
	/** Undefined until it is there; the last one stays while it is asked for again. */
	readonly body: T | undefined;
	/** Why it could not be had, in the server's words. */
	readonly reason: string | undefined;
	readonly reload: () => void;
}

/** Gets something from the server, again whenever the path or one of the causes changes. */
export function useAnswer<T>(ask: Ask, path: string, ...causes: readonly unknown[]): Answered<T> {
	const [answer, setAnswer] = useState<{ path: string; body?: T; reason?: string }>({ path });
	const [count, setCount] = useState(0);
	const reload = useCallback(() => setCount((before) => before + 1), []);
	useEffect(() => {
		let isWanted = true;
		void ask<T>("GET", path).then((got) => {
			if (!isWanted) return;
			if (got.ok) setAnswer({ path, body: got.body });
			else
				setAnswer((before) => ({ ...(before.path === path && before), path, reason: got.reason }));
		});
		return () => {
			isWanted = false;
		};
	}, [ask, path, count, ...causes]);
	const { body, reason } = answer.path === path ? answer : {};
	return { body, reason, reload };
}
