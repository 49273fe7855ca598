import { describe, expect, test } from "bun:test";
import type { Person, Session } from "../../../../src/web/editor/app-context.ts";
import type { Answer, Method } from "../../../../src/web/editor/server/ask.ts";
import { askAgain } from "../../../../src/web/editor/server/ask-again.ts";
import { openSession } from "../../../../src/web/editor/server/session.ts";
import { until } from "../../../support/waiting.ts";

const ANN: Person = { u_id: 1, u_name: "ann", role: "teacher" };
const BOB: Person = { u_id: 2, u_name: "bob", role: "teacher" };

/** A server of which only the login matters. */
class ScriptedServer {
	person: Person | null = null;
	needed = false;
	isThere = true;
	readonly asked: string[] = [];

	readonly ask = async <T>(method: Method, path: string): Promise<Answer<T>> => {
		this.asked.push(`${method} ${path}`);
		if (!this.isThere) return this.#refusal(0);
		if (path === "api/v1/session") {
			const facts = { version: "1", modules: [], registration: "closed", workbench: "on" };
			const { person, needed } = this;
			return { ok: true, body: { ...facts, may_try: true, person, needed } as T };
		}
		if (path.endsWith("logout")) this.person = null;
		return this.person === null ? this.#refusal(401) : { ok: true, body: { path } as T };
	};

	#refusal(status: number) {
		return { ok: false, status, reason: "refused", details: {} } as const;
	}
}

const hasEnded = ({ state }: Session) =>
	until(() => state.value === "ended", "the end of the login");

function opened() {
	const server = new ScriptedServer();
	let reloads = 0;
	const session = openSession({ ask: server.ask, reload: () => reloads++ });
	return { server, session, ask: askAgain(server.ask, session), reloads: () => reloads };
}

describe("the session of a page", () => {
	test("follows what the server says: not there, no administrator, no one, someone", async () => {
		const { server, session } = opened();
		server.isThere = false;
		await session.refresh();
		expect(session.state.value).toBe("unreachable");
		Object.assign(server, { isThere: true, needed: true });
		await session.refresh();
		expect(session.state.value).toBe("setup");
		server.needed = false;
		await session.refresh();
		expect(session.state.value).toBe("out");
		server.person = ANN;
		await session.refresh();
		expect([session.state.value, session.person.value]).toEqual(["in", ANN]);
	});

	test("a request that finds the login ended is sent once more after the next login", async () => {
		const { server, session, ask } = opened();
		server.person = ANN;
		await session.refresh();
		server.person = null;
		const answers = Promise.all([ask("GET", "a"), ask("POST", "b")]);
		await hasEnded(session);
		expect([session.state.value, session.person.value.u_name]).toEqual(["ended", "ann"]);
		server.person = ANN;
		await session.refresh();
		expect((await answers).map(({ ok }) => ok)).toEqual([true, true]);
		expect(session.state.value).toBe("in");
	});

	test("another person's login shows nothing of the page before", async () => {
		const { server, session, ask, reloads } = opened();
		server.person = ANN;
		await session.refresh();
		server.person = null;
		void ask("GET", "a");
		await hasEnded(session);
		server.person = BOB;
		await session.refresh();
		expect([reloads(), session.person.value.u_name]).toEqual([1, "ann"]);
	});

	test("who does not log in again gets the refusal, and leaves the page", async () => {
		const { server, session, ask } = opened();
		server.person = ANN;
		await session.refresh();
		server.person = null;
		const answer = ask("GET", "a");
		await hasEnded(session);
		session.leave();
		expect(await answer).toMatchObject({ ok: false, status: 401 });
		expect([session.state.value, session.person.value.u_name]).toEqual(["out", ""]);
		expect(await ask("GET", "a")).toMatchObject({ ok: false, status: 401 });
	});

	test("logging out ends it without a question", async () => {
		const { server, session } = opened();
		server.person = ANN;
		await session.refresh();
		await session.logOut();
		expect(session.state.value).toBe("out");
	});
});
