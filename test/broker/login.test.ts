import { describe, expect, test } from "bun:test";
import type { AuthenticateError, Client, ConnectPacket } from "aedes";
import type { Outcome, Principal } from "../../src/auth/mod.ts";
import { Login } from "../../src/broker/login.ts";
import { OPEN } from "../support/embedded.ts";

const device = (id: string, stamp = "1"): Principal => ({ kind: "device", id, stamp });
const admin = (name: string): Principal => ({ kind: "admin", name, stamp: "1" });
const OUTCOMES: Record<string, Outcome> = {
	...{ boss: admin("boss"), second: admin("second"), d: device("d"), e: device("e") },
	teacher: { kind: "person", id: 2, name: "teacher", role: "teacher", stamp: "" },
	wrong: { kind: "refused" },
	slow: { kind: "slow", waitMs: 1000 },
};

function build() {
	const sessions = new Set<string>();
	const state = { gone: new Set<string>(), stamp: "1" };
	const login = new Login(
		{
			...OPEN,
			login: async (name) => {
				const outcome = OUTCOMES[name];
				if (outcome === undefined) throw new Error("database gone");
				return outcome;
			},
			isCurrent: (principal) => principal.stamp === state.stamp,
			remember: (principal) => (principal.kind === "device" ? principal.id : principal.kind),
			recall: (text) => (state.gone.has(text) ? undefined : device(text)),
		},
		(id) => sessions.has(id),
	);
	/** @returns the client, or the return code of its CONNACK. */
	const connect = async (name: string, id: string, clean = true): Promise<Client | number> => {
		const client = { id, closed: false, clean } as Client;
		const { promise, resolve } = Promise.withResolvers<AuthenticateError | null>();
		const packet = { clientId: id, clean } as ConnectPacket;
		login.connecting(client, packet);
		login.hooks.authenticate(client, name, Buffer.from("x"), (error) =>
			resolve(error as AuthenticateError | null),
		);
		const error = await promise;
		return error?.returnCode ?? client;
	};
	return { login, sessions, state, connect };
}

describe("logins at the broker", () => {
	test.each([
		["wrong", 4],
		["slow", 3],
		["teacher", 4],
		["unknown", 3],
	])("%s gets return code %d", async (name, code) => {
		expect(await build().connect(name, "c")).toBe(code);
	});

	test("a persistent session without a client id is rejected", async () => {
		const { connect } = build();
		expect(await connect("d", "", false)).toBe(2);
		expect(await connect("d", "", true)).toBeObject();
	});

	test("a client id belongs to its owner while it is connected or has a session", async () => {
		const { login, sessions, connect } = build();
		const first = await connect("d", "c");
		expect(await connect("e", "c")).toBe(2);
		if (typeof first === "object") login.left(first);
		const second = await connect("e", "c");
		sessions.add("c");
		if (typeof second === "object") login.left(second);
		expect(await connect("d", "c")).toBe(2);
		const isOwnedBy = (owner: string) => login.isOwnedBy("c", owner);
		expect([login.nameOf("c"), isOwnedBy("e"), isOwnedBy("d")]).toEqual(["e", true, false]);
		expect(login.isOwnedBy("other", "e")).toBe(false);
	});

	test("admins share client ids, and the last one's name counts", async () => {
		const { login, connect } = build();
		await connect("boss", "gui");
		await connect("second", "gui");
		expect([login.nameOf("gui"), login.clientsOf("admins").length]).toEqual(["second", 2]);
		expect([login.nameOf("other"), login.nameOf(null)]).toEqual([null, null]);
	});

	test("logins that are no longer valid are found, and those that are gone for good", async () => {
		const { login, state, connect } = build();
		for (const [name, id] of [
			["d", "one"],
			["d", "two"],
			["e", "three"],
		] as const) {
			await connect(name, id);
		}
		expect(login.revoked()).toEqual([]);
		state.stamp = "2";
		expect(login.revoked("d").map(({ id }) => id)).toEqual(["one", "two"]);
		expect(login.revoked()).toHaveLength(3);
		state.gone.add("e");
		expect([login.orphans(), login.orphans("d")]).toEqual([["three"], []]);
		expect(login.mayHear("three", "t")).toBe(false);
		expect(login.mayHear("one", "t")).toBe(true);
	});

	test("a remembered login gets its client id back after a restart, unless it is gone", () => {
		const { login, state } = build();
		state.gone.add("e");
		expect([login.restore("c", "d"), login.restore("x", "e")]).toEqual([true, false]);
		expect([login.nameOf("c"), login.rememberedOf("c"), login.nameOf("x")]).toEqual([
			"d",
			"d",
			null,
		]);
	});
});
