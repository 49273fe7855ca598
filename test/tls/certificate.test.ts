import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Certificate } from "../../src/tls/certificate.ts";
import { type TestCertificate, testCertificate } from "../support/certificates.ts";

describe("a certificate", () => {
	let made: TestCertificate;
	let other: TestCertificate;
	beforeAll(async () => {
		made = await testCertificate();
		other = await testCertificate();
	});
	afterAll(() => {
		made.remove();
		other.remove();
	});
	const files = (changes: { cert?: string; key?: string } = {}) => ({
		cert: made.certPath,
		key: made.keyPath,
		...changes,
	});

	test("says for whom it is good, and how long", () => {
		const { names, expiresAt, caution } = new Certificate(files());
		expect(names).toContain("DNS:gateway.test");
		expect(names).toContain("IP Address:127.0.0.1");
		const days = (expiresAt.getTime() - Date.now()) / 86_400_000;
		expect(Math.round(days)).toBe(29);
		expect(caution).toBeUndefined();
	});

	test("is read from files with a byte order mark too", () => {
		const marked = (path: string) => {
			writeFileSync(`${path}.bom`, `\uFEFF${readFileSync(path, "utf8")}`);
			return `${path}.bom`;
		};
		const { names } = new Certificate({ cert: marked(made.certPath), key: marked(made.keyPath) });
		expect(names).toContain("DNS:gateway.test");
	});

	test("that expires soon, or has expired, is spoken of", async () => {
		const short = await testCertificate(10);
		const certificate = new Certificate({ cert: short.certPath, key: short.keyPath });
		expect(certificate.caution).toMatch(/expires on \d{4}-\d\d-\d\d; renew it/);
		await short.replace(0.5);
		expect(certificate.renew()).toBe(true);
		expect(certificate.renew()).toBe(false);
		expect(certificate.caution).toContain("expired on");
		short.remove();
	});

	test("that cannot be used is refused with what is wrong, and the previous one stays", () => {
		const rubbish = join(made.folder, "rubbish.pem");
		writeFileSync(rubbish, "rubbish");
		const refusals: [{ cert?: string; key?: string }, string][] = [
			[{ cert: "/nowhere.pem" }, "(cert in [tls])"],
			[{ key: "/nowhere.pem" }, "(key in [tls])"],
			[{ cert: rubbish }, "it is not a certificate in PEM"],
			[{ key: rubbish }, "it is not a private key without a passphrase in PEM"],
			[{ key: other.keyPath }, "does not match it"],
		];
		for (const [changes, text] of refusals) {
			expect(() => new Certificate(files(changes))).toThrow(text);
		}
		const certificate = new Certificate(files());
		const before = certificate.keys;
		const key = readFileSync(made.keyPath);
		writeFileSync(made.keyPath, readFileSync(other.keyPath));
		expect(() => certificate.renew()).toThrow("does not match it");
		expect(certificate.keys).toBe(before);
		writeFileSync(made.keyPath, key);
		chmodSync(made.keyPath, 0o600);
	});
});
