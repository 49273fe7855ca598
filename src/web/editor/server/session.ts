import { signal } from "@preact/signals";
import type { Person, ServerFacts, Session, SessionState } from "../app-context.ts";
import type { Answer, ask as plainAsk } from "./ask.ts";

/** The answer of `GET /api/v1/session`. */
interface SessionView extends ServerFacts {
	readonly needed: boolean;
	readonly person: Person | null;
}

const NOBODY: Person = { u_id: 0, u_name: "", role: "student" };

export interface SessionDeps {
	readonly ask: typeof plainAsk;
	/** Shows nothing of the person before. */
	readonly reload: () => void;
}

/** Follows who is logged in. */
export function openSession({ ask, reload }: SessionDeps): Session {
	const person = signal(NOBODY);
	const state = signal<SessionState>("loading");
	const server = signal<ServerFacts>({ version: "", registration: "closed", workbench: "on" });
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
		const answer = await askSession(ask);
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

async function askSession(ask: typeof plainAsk): Promise<Answer<SessionView>> {
	const session = await ask<SessionView>("GET", "api/v1/session");
	if (session.ok || session.status !== 404) return session;
	const setup = await ask<{ needed: boolean; name: string | null }>("GET", "api/v1/setup");
	if (!setup.ok) return setup;
	const account = await ask<Person>("GET", "api/v0/account");
	const person = setup.body.name !== null && account.ok ? account.body : null;
	const facts = { version: "", registration: "closed", workbench: "on" } as const;
	return { ok: true, body: { ...facts, needed: setup.body.needed, person } };
}
