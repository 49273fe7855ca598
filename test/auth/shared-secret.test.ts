import { describe, expect, test } from "bun:test";
import { LoginThrottle } from "../../src/auth/login-throttle.ts";
import { SharedSecret } from "../../src/auth/shared-secret.ts";
import { recordedLog } from "../support/log.ts";

function secretOf(text: string) {
	const { log, lines } = recordedLog("auth");
	const throttle = new LoginThrottle(() => 0);
	return { secret: new SharedSecret(text, "no right key", log, throttle), lines };
}

describe("a secret of two programs", () => {
	test("is accepted, and nothing near it", () => {
		const { secret } = secretOf("right");
		expect(secret.refuse("right", "a")).toBeUndefined();
		for (const near of ["", "righ", "right ", "Right"]) {
			expect(secret.refuse(near, near)).toEqual({ kind: "refused" });
		}
	});

	test("wrong ones of an address are slowed down, and not logged any more; the right one still counts", () => {
		const { secret, lines } = secretOf("right");
		const answers = Array.from({ length: 8 }, () => secret.refuse("wrong", "a")?.kind);
		expect(answers).toEqual([...Array(6).fill("refused"), "slow", "slow"]);
		expect(lines).toHaveLength(6);
		expect(lines[0]).toContain("no right key");
		expect(lines.join()).not.toContain('"wrong"');
		expect(secret.refuse("right", "a")).toBeUndefined();
		expect(secret.refuse("wrong", "b")?.kind).toBe("refused");
	});
});
