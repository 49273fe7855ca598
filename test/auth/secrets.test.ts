import { expect, test } from "bun:test";
import { hashOf, hashPassword, newSecret, sameHash } from "../../src/auth/secrets.ts";

test("secrets are drawn at random and fit into URLs, MQTT passwords and shells", () => {
	// One in 64 would begin with a hyphen, as an option does.
	const secrets = Array.from({ length: 2000 }, newSecret);
	expect(new Set(secrets).size).toBe(2000);
	for (const secret of secrets) expect(secret).toMatch(/^\w[\w-]{31}$/);
});

test("hashes are compared whatever their lengths", () => {
	expect(hashOf("é")).toMatch(/^[0-9a-f]{64}$/);
	expect(sameHash(hashOf("a"), hashOf("a"))).toBe(true);
	for (const other of [hashOf("b"), "", "é"]) expect(sameHash(hashOf("a"), other)).toBe(false);
});

test("a password's hash is argon2id with the costs that unknown names are given too", async () => {
	const hash = await hashPassword("correct horse battery");
	expect(hash).toStartWith("$argon2id$v=19$m=65536,t=2,p=1$");
	expect(await Bun.password.verify("correct horse battery", hash)).toBe(true);
});
