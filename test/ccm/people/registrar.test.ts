// Registration over HTTP, with the real rules on where requests come from.
import { afterEach, describe, expect, test } from "bun:test";
import { hashOf } from "../../../src/auth/secrets.ts";
import { accountRoutes } from "../../../src/ccm/http/account-routes.ts";
import { Registrar } from "../../../src/ccm/people/registrar.ts";
import type { RegistrationMode } from "../../../src/ccm/people/registration-rule.ts";
import { startHttp, type TestHttp } from "../../support/http-server.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { PLAIN } from "../support/office.ts";

const NOW = Date.parse("2026-09-01T08:00:00Z");
const HOUR = 3600;

let http: TestHttp | undefined;
afterEach(() => http?.stop());

async function start(mode: RegistrationMode, isLocal = true) {
	const store = new MemoryStore();
	const state = { changes: 0, wrong: 0, waitMs: 0 };
	const registrar = new Registrar({
		...{ store, passwords: PLAIN },
		mode: () => mode,
		reach: () => ({ isLocal, allowedOrigins: "" }),
		now: () => NOW,
		onPeopleChanged: async () => {
			state.changes += 1;
		},
		guesses: {
			waitOf: () => state.waitMs,
			guessedWrong: () => {
				state.wrong += 1;
			},
		},
	});
	http = await startHttp(accountRoutes(registrar), { logins: true });
	const { url } = http;
	const register = async (body: object, headers: Record<string, string> = {}) => {
		const response = await fetch(`${url}/api/v0/account/create/`, {
			method: "POST",
			headers: { "content-type": "application/json", ...headers },
			body: JSON.stringify(body),
		});
		const answer: { id?: number; reason?: string } = await response.json();
		return { status: response.status, ...answer };
	};
	const people = () => store.read((tables) => tables.people.list());
	return { store, state, register, people };
}

const ANN = { username: "ann", password: "pw" };

describe("registration = auto", () => {
	test("makes teachers, each name once, for this machine", async () => {
		const { register, people, state } = await start("auto");
		expect(await register(ANN)).toMatchObject({ status: 200, id: 1 });
		expect(await register(ANN)).toMatchObject({ status: 400, reason: "username already exists" });
		expect(await register({ ...ANN, username: "ccm" })).toMatchObject({
			status: 400,
			reason: expect.stringContaining("is reserved"),
		});
		expect(await people()).toMatchObject([{ name: "ann", role: "teacher", isActive: true }]);
		expect(state.changes).toBe(1);
	});

	test("is closed to requests a proxy passed on, under other names, and where others reach the server", async () => {
		const { register, people } = await start("auto");
		for (const headers of [
			{ "X-Forwarded-For": "192.0.2.7" },
			{ Forwarded: "for=192.0.2.7" },
			{ "X-Forwarded-Anything": "x" },
			{ Host: "gui.example.org" },
		]) {
			expect(await register(ANN, headers as Record<string, string>)).toMatchObject({
				status: 403,
				reason: "registration is closed: ask an administrator for an account",
			});
		}
		expect((await register(ANN, { Origin: "http://evil.example" })).status).toBe(403);
		expect(await people()).toEqual([]);
		await http?.stop();
		expect((await (await start("auto", false)).register(ANN)).status).toBe(403);
	});
});

test("registration = closed lets no one in, registration = open everyone", async () => {
	expect((await (await start("closed")).register(ANN)).status).toBe(403);
	await http?.stop();
	const { register } = await start("open", false);
	const far = { Host: "gui.example.org", "X-Forwarded-For": "192.0.2.7" };
	expect((await register(ANN, far)).status).toBe(200);
});

describe("registration = code", () => {
	const start2 = async () => {
		const started = await start("code", false);
		const createdAt = NOW / 1000;
		await started.store.write(async ({ people }) => {
			await people.addCode({
				hash: hashOf("c"),
				usesLeft: 2,
				expiresAt: createdAt + HOUR,
				createdAt,
			});
			await people.addCode({ hash: hashOf("old"), usesLeft: 2, expiresAt: createdAt, createdAt });
		});
		return started;
	};

	test("takes a code as often as it may be used, until its end", async () => {
		const { register, state } = await start2();
		expect((await register(ANN)).reason).toContain("needs a code");
		const wrong = {
			status: 403,
			reason: expect.stringContaining("code is wrong, used up or has ended"),
		};
		expect(await register({ ...ANN, code: "x" })).toMatchObject(wrong);
		expect(await register({ ...ANN, code: "old" })).toMatchObject(wrong);
		expect(state.wrong).toBe(2);
		expect((await register({ ...ANN, code: "c" })).status).toBe(200);
		// What is refused for another reason does not use it.
		expect((await register({ ...ANN, code: "c" })).status).toBe(400);
		expect((await register({ ...ANN, username: "bob", code: "c" })).status).toBe(200);
		expect(await register({ ...ANN, username: "eve", code: "c" })).toMatchObject(wrong);
	});

	test("cannot be guessed at any speed", async () => {
		const { register, state } = await start2();
		state.waitMs = 1500;
		expect(await register({ ...ANN, code: "c" })).toMatchObject({
			status: 429,
			reason: "too many wrong codes or logins: wait 2 s",
		});
	});
});
