import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { accountsIn } from "../../../src/store/accounts-in.ts";
import { openStore } from "../../../src/store/open-store.ts";
import type { StorePort } from "../../../src/store/port.ts";
import { postgresForAll } from "../../support/databases.ts";
import { quietLog } from "../../support/log.ts";
import { startPgbouncer } from "../../support/pgbouncer.ts";
import { hasPostgres } from "../../support/postgres-server.ts";
import { hasProgram } from "../../support/programs.ts";
import { until } from "../../support/waiting.ts";

describe.skipIf(!hasPostgres() || !hasProgram("pgbouncer"))("behind pgbouncer", () => {
	const postgres = postgresForAll();
	let folder: string;
	let name: string;
	let bouncer: Awaited<ReturnType<typeof startPgbouncer>>;
	let store: StorePort;
	beforeEach(async () => {
		folder = mkdtempSync(join(tmpdir(), "iotctl-bouncer-"));
		chmodSync(folder, 0o755);
		name = await postgres.server.database();
		bouncer = await startPgbouncer(folder, postgres.server);
	});
	afterEach(async () => {
		await store.close();
		await bouncer.stop();
		rmSync(folder, { recursive: true });
	});

	const open = (listenUrl: string) => {
		const url = postgres.server.url(name, "iottalk", bouncer.port);
		const options = {
			userdir: join(folder, "state"),
			url,
			postgres: { passwordFile: "", listenUrl },
		};
		return openStore(options, quietLog);
	};
	const put = (text: string) =>
		store.write((db) =>
			accountsIn(db, store.columns).secrets.putService({ name: text, hash: "h", createdAt: 1 }),
		);
	const there = async () =>
		(await accountsIn(store.reading, store.columns).secrets.services()).map((one) => one.name);

	test("jobs, reads and lost connections are as without it", async () => {
		store = await open("");
		await Promise.all(Array.from({ length: 50 }, (_, n) => put(`secret ${n}`)));
		const counts = await Promise.all(
			Array.from({ length: 50 }, async () => (await there()).length),
		);
		expect(new Set(counts)).toEqual(new Set([50]));
		await postgres.server.cut(name);
		await until(
			() =>
				put("after").then(
					() => true,
					() => false,
				),
			"the database to be back",
		);
		expect(await there()).toContain("after");
	});

	test.each([
		["past it changes by others are heard", true],
		["through it they are noticed as well", false],
	])("%s", async (_, isPast) => {
		store = await open(isPast ? postgres.server.url(name) : "");
		await until(() => !store.changedOutside(), "quiet");
		await postgres.server.ask("INSERT INTO service_secrets VALUES ('new', 'h', 1)", name);
		await until(() => store.changedOutside(), "the change to be noticed");
	});
});
