import { describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { selfSigned } from "../../src/cli/cert.ts";
import { SERVER_MODULES } from "../../src/servers/server-modules.ts";

async function refusal(
	names: readonly string[],
	how: Parameters<typeof selfSigned>[2],
	prepare: (userdir: string) => void = () => {},
): Promise<string> {
	const userdir = mkdtempSync(join(tmpdir(), "iotctl-cert-"));
	const config = join(userdir, "x.ini");
	writeFileSync(config, `[core]\nuserdir = ${userdir}\n`);
	prepare(userdir);
	const before = readdirSync(userdir, { recursive: true });
	try {
		await selfSigned({ modules: SERVER_MODULES, config }, names, how);
		return "It was made";
	} catch (error) {
		expect(readdirSync(userdir, { recursive: true })).toEqual(before);
		return String(error);
	} finally {
		rmSync(userdir, { recursive: true });
	}
}

describe("a certificate is not made", () => {
	test.each(["a b", "-a", "", "http://a", "a_b", "x".repeat(254)])("for %j", async (name) => {
		expect(await refusal(["ok.lan", name], {})).toContain("is not a host name or IP address");
	});

	test("for longer than phones accept", async () => {
		expect(await refusal([], { days: 826 })).toContain("--days can be at most 825");
	});

	test("over another one, unless that is asked for", async () => {
		const there = (userdir: string) => {
			mkdirSync(join(userdir, "tls"));
			writeFileSync(join(userdir, "tls/cert.pem"), "");
		};
		expect(await refusal([], {}, there)).toContain("already exists; --force replaces it");
	});

	test("where a link leads", async () => {
		const link = (userdir: string) => symlinkSync("nowhere", join(userdir, "tls"));
		expect(await refusal([], { force: true }, link)).toContain("is a symbolic link");
	});
});
