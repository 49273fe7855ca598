import { signal } from "@preact/signals";
import type { Person, ServerFacts, Session, SessionState } from "../app-context.ts";
import type { ask as plainAsk } from "./ask.ts";

/** The answer of `GET /api/v1/session`. */
interface SessionView extends ServerFacts {
	readonly needed: boolean;
	readonly person: Person | null;
}

const NOBODY: Person = { u_id: 0, u_name: "", role: "student" };

const UNKNOWN: ServerFacts = {
	version: null,
	modules: [],
	registration: "closed",
	workbench: "on",
	may_try: true,
};

export interface SessionDeps {
	readonly ask: typeof plainAsk;
	/** Shows nothing of the person before. */
	readonly reload: () => void;
}

/** Follows who is logged in. */
export function openSession({ ask, reload }: SessionDeps): Session {
	const person = signal(NOBODY);
	const state = signal<SessionState>("loading");
	const server = signal<ServerFacts>(UNKNOWN);
	const waiting = new Set<(isBack: boolean) => void>();
	const settle = (isBack: boolean) => {
		for (const resolve of waiting) resolve(isBack);
		waiting.clear();
	};
	const take = (view: SessionView) => {
		server.value = view;
		const { u_id: before } = person.value;
		if (view.person === null) {
			if (state.value !== "in" && state.value !== "ended")
				state.value = view.needed ? "setup" : "out";
			else if (!view.needed) state.value = "ended";
			return;
		}
		// Another person's page may hold what this one must not see.
		if (state.value === "ended" && view.person.u_id !== before) return reload();
		person.value = view.person;
		state.value = "in";
		settle(true);
	};
	const refresh = async () => {
		const answer = await ask<SessionView>("GET", "api/v1/session");
		if (answer.ok) take(answer.body);
		else if (state.value === "loading") state.value = "unreachable";
	};
	const leave = () => {
		settle(false);
		state.value = "out";
		person.value = NOBODY;
	};
	return {
		person,
		state,
		server,
		refresh,
		again: () => {
			if (state.value === "in") state.value = "ended";
			if (state.value !== "ended") return Promise.resolve(false);
			const { promise, resolve } = Promise.withResolvers<boolean>();
			waiting.add(resolve);
			return promise;
		},
		leave,
		logOut: async () => {
			await ask("GET", "api/v0/account/logout");
			leave();
			await refresh();
		},
	};
}
