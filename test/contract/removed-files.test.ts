// Files removed under a running server.
import { describe, expect, test } from "bun:test";
import { mkdirSync, readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { body, call } from "../support/gateway.ts";
import { TESTS_POSTGRES } from "../support/own-database.ts";
import { startTarget } from "../support/target.ts";
import { until } from "../support/waiting.ts";

/** How soon a server is ready after its files are back. */
const WELL_AGAIN_MS = 2000;

/** In PostgreSQL the database has no files here. */
const DATABASES = TESTS_POSTGRES ? [] : ["SQLite"];

describe.each(DATABASES)("files of %s removed under the running server", () => {
	test("are noticed: changes are refused, /health is not ready, log and status say so, until they are back", async () => {
		const target = await startTarget();
		const health = () => call(target, "GET", "/health");
		const register = () => call(target, "PUT", `/${crypto.randomUUID()}`, body());
		expect((await register()).status).toBe(200);
		expect((await health()).status).toBe(200);
		const away = join(target.userdir, "away");
		mkdirSync(away);
		const names = readdirSync(target.userdir).filter((name) => name.startsWith("iottalk.db"));
		const move = (from: string, to: string) => {
			for (const name of names) renameSync(join(from, name), join(to, name));
		};
		move(target.userdir, away);
		// Its files are looked at one after the other.
		const missing = 'iottalk.db" was removed while the server is running';
		let reasons: unknown;
		await until(
			async () => {
				({ reasons } = (await health()).json);
				return Array.isArray(reasons) && reasons.some((reason) => String(reason).includes(missing));
			},
			"a server that is not ready",
			{ seen: () => JSON.stringify(reasons) },
		);
		expect((await health()).status).toBe(503);
		expect(target.log()).toContain("server file was removed or replaced");
		await until(async () => {
			const { warnings } = (await call(target, "GET", "/api/status")).json;
			({ reasons } = (await health()).json);
			return Bun.deepEquals(warnings, reasons);
		}, "the status to say the same");
		const refused = await register();
		expect(refused.status).toBe(503);
		expect(refused.json.reason).toContain("was removed; put it back, or restart the server");
		move(away, target.userdir);
		await until(async () => (await health()).status === 200, "a server that is ready", {
			ms: WELL_AGAIN_MS,
		});
		expect((await register()).status).toBe(200);
		await target.dispose();
	});
});
