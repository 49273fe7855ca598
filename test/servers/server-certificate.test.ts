import { afterEach, beforeEach, expect, test } from "bun:test";
import { ServerCertificate } from "../../src/servers/server-certificate.ts";
import { type TestCertificate, testCertificate } from "../support/certificates.ts";

let made: TestCertificate;
beforeEach(async () => {
	made = await testCertificate();
});
afterEach(() => made.remove());

test("a server may get its certificate later, and keeps what it has when the next cannot be used", () => {
	const certificate = new ServerCertificate(undefined);
	expect([certificate.current, certificate.keys, certificate.hostNames]).toEqual([
		undefined,
		undefined,
		[],
	]);
	const files = { cert: made.certPath, key: made.keyPath };
	const used = certificate.use(files);
	expect(certificate.current).toBe(used);
	expect(certificate.hostNames).toEqual(["localhost", "gateway.test"]);
	expect(certificate.keys?.()).toBe(used.keys);
	expect(() => certificate.use({ ...files, key: "/nowhere.pem" })).toThrow("key in [tls]");
	expect(certificate.current).toBe(used);
});
