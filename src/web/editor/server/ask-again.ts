import type { Ask, Session } from "../app-context.ts";
import type { ask as plainAsk } from "./ask.ts";

/** Requests of screens: one that finds the login ended waits for the next login and is then sent once more. */
export function askAgain(ask: typeof plainAsk, session: Pick<Session, "again">): Ask {
	return async (method, path, body) => {
		const answer = await ask<never>(method, path, body);
		if (answer.ok || answer.status !== 401 || !(await session.again())) return answer;
		return ask(method, path, body);
	};
}
