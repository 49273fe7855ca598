import { expect, test } from "bun:test";
import { AccountWatch } from "../../src/auth/account-watch.ts";
import { createLogger } from "../../src/kit/log.ts";
import { ManualClock } from "../support/manual-clock.ts";

function build() {
	const clock = new ManualClock();
	const lines: string[] = [];
	const state = { isChanged: false, changes: 0, isBroken: false };
	const users = new Map([["boss", "one"]]);
	const tokens = new Map([["phones", "t"]]);
	const watch = new AccountWatch({
		store: {
			changedOutside: () => {
				if (state.isBroken) throw new Error("disk I/O error");
				const { isChanged } = state;
				state.isChanged = false;
				return isChanged;
			},
			accounts: {
				users: () => [...users].map(([name, hash]) => ({ name, hash, createdAt: 0 })),
				tokens: () =>
					[...tokens].map(([name, hash]) => ({ name, hash, createdAt: 0, expiresAt: null })),
			},
		},
		onChange: () => {
			state.changes += 1;
		},
		log: createLogger({ level: "debug", format: "json", write: (line) => void lines.push(line) }),
		clock,
	});
	watch.start();
	const said = () =>
		lines.splice(0).map((line) => {
			const { msg, account, reason } = JSON.parse(line);
			return [msg, account ?? reason].join(": ");
		});
	return { watch, clock, state, users, tokens, said };
}

test("logs what was changed from outside, and tells of it once", () => {
	const { clock, state, users, tokens, said } = build();
	clock.move(5000);
	expect([said(), state.changes]).toEqual([[], 0]);
	users.set("boss", "two").set("second", "x");
	tokens.delete("phones");
	state.isChanged = true;
	clock.move(1000);
	expect(said()).toEqual([
		"password changed: user boss",
		"account added: user second",
		"account removed: token phones",
	]);
	clock.move(5000);
	expect([said(), state.changes]).toEqual([[], 1]);
});

test("a database that cannot be read is logged once, and what changed meanwhile is noticed", () => {
	const { clock, state, users, said } = build();
	state.isBroken = true;
	clock.move(5000);
	expect(said()).toEqual(["cannot look for changed accounts: disk I/O error"]);
	users.delete("boss");
	state.isBroken = false;
	state.isChanged = true;
	clock.move(1000);
	expect(said()).toEqual(["account removed: user boss"]);
	state.isBroken = true;
	clock.move(1000);
	expect(said()).toHaveLength(1);
});

test("nothing is planned once it has stopped", () => {
	const { watch, clock } = build();
	watch.stop();
	expect(clock.planned).toBe(0);
});
