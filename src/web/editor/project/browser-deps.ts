import type { ProjectDeps } from "./deps.ts";

/** The browser's own. */
export function browserDeps(ask: ProjectDeps["ask"], reader: ProjectDeps["reader"]): ProjectDeps {
	return {
		ask,
		reader,
		random: Math.random,
		open: (path, signal) => fetch(`../${path}`, { signal, cache: "no-store" }),
		clock: {
			now: () => performance.now(),
			date: () => new Date(),
			after: (ms, call) => {
				const timer = setTimeout(call, ms);
				return () => clearTimeout(timer);
			},
		},
		page: {
			isHidden: () => document.hidden,
			onChange: (hear) => {
				const ended = new AbortController();
				const { signal } = ended;
				document.addEventListener("visibilitychange", () => hear("visibility"), { signal });
				addEventListener("online", () => hear("online"), { signal });
				addEventListener("offline", () => hear("offline"), { signal });
				return () => ended.abort();
			},
		},
	};
}
