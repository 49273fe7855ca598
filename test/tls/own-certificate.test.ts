import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync, statSync, symlinkSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { Certificate } from "../../src/tls/certificate.ts";
import { machineNames, OWN_IN_INI, writeOwnCertificate } from "../../src/tls/own-certificate.ts";

let userdir: string;
beforeEach(() => {
	userdir = mkdtempSync(join(tmpdir(), "iotctl-own-"));
});
afterEach(() => rmSync(userdir, { recursive: true }));

test("a certificate for this machine is where an ini names it, and only its owner can use it", async () => {
	const paths = await writeOwnCertificate(userdir);
	expect(paths.cert).toBe(join(userdir, OWN_IN_INI.cert));
	expect(paths.key).toBe(join(userdir, OWN_IN_INI.key));
	const { hosts, isSelfSigned } = new Certificate(paths);
	expect(hosts).toEqual([...machineNames()]);
	expect(hosts).toContain("localhost");
	expect(hosts).toContain("127.0.0.1");
	expect(hosts[0]).toBe(hostname());
	expect(isSelfSigned).toBe(true);
	expect(statSync(paths.key).mode & 0o777).toBe(0o600);
	expect(statSync(paths.folder).mode & 0o777).toBe(0o700);
});

test("nothing is written through a link", async () => {
	const elsewhere = mkdtempSync(join(tmpdir(), "iotctl-else-"));
	symlinkSync(elsewhere, join(userdir, "tls"));
	await expect(writeOwnCertificate(userdir)).rejects.toThrow("is a symbolic link");
	rmSync(elsewhere, { recursive: true });
});
