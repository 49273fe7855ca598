import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CLUSTER_SCHEMA } from "../../../src/cluster/schema.ts";
import { CSM_SCHEMA } from "../../../src/csm/store/schema.ts";
import { messageOf } from "../../../src/kit/errors.ts";
import { openStore } from "../../../src/store/open-store.ts";
import { checkStart } from "../../../src/store/postgres/check-start.ts";
import { OutdatedDatabaseError } from "../../../src/store/schema-versions.ts";
import { postgresForAll } from "../../support/databases.ts";
import { quietLog } from "../../support/log.ts";
import { hasPostgres } from "../../support/postgres-server.ts";

const WELL = { owner: undefined, deaf: undefined };

describe.skipIf(!hasPostgres())("before a start on PostgreSQL", () => {
	const postgres = postgresForAll();
	let userdir: string;
	beforeAll(() => {
		userdir = mkdtempSync(join(tmpdir(), "iotctl-check-start-"));
	});
	afterAll(() => rmSync(userdir, { recursive: true }));
	const at = (name: string, { user = undefined as string | undefined, listenUrl = "" } = {}) => ({
		...{ userdir, url: postgres.server.url(name, user) },
		postgres: { passwordFile: "", listenUrl },
	});
	const look = (...place: Parameters<typeof at>) => checkStart(at(...place), [CSM_SCHEMA]);

	test("an empty database is one whose tables are going to be made", async () => {
		const name = await postgres.server.database();
		expect(await look(name).catch((error) => error)).toBeInstanceOf(OutdatedDatabaseError);
	});

	test("what a start would refuse is refused, although it can be read", async () => {
		const name = await postgres.server.database();
		await postgres.server.ask("CREATE USER stranger");
		const said = await look(name, { user: "stranger" }).catch((error) => error);
		expect(said).not.toBeInstanceOf(OutdatedDatabaseError);
		expect(messageOf(said)).toContain("stranger may not create tables in it; make stranger");
		await postgres.server.ask(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
		expect(await look(name).catch(messageOf)).toContain("it is read-only; let it take changes");
		expect(await look(name, { listenUrl: "nowhere" }).catch(messageOf)).toStartWith(
			'listen-url in [core-db] is "nowhere", which is not the address of a database',
		);
	});

	test("a cluster's database is for its nodes only, also while none is running", async () => {
		const name = await postgres.server.database();
		const node = { cluster: "lab", run: crypto.randomUUID() };
		const { postgres: options, ...place } = at(name);
		const asNode = { ...place, postgres: { ...options, node } };
		await (await openStore(asNode, quietLog, [CSM_SCHEMA, CLUSTER_SCHEMA])).close();
		const asks = (cluster?: string) => checkStart(at(name), [CSM_SCHEMA], cluster).catch(messageOf);
		expect(await asks("lab")).toEqual(WELL);
		for (const other of ["la", undefined]) {
			expect(await asks(other)).toContain(
				'": it is that of the cluster "lab", and only its nodes change it: start one, with that name in [cluster], or use another database',
			);
		}
	});

	test("a server that uses it, and an address that leads nowhere, are noted", async () => {
		const name = await postgres.server.database();
		const store = await openStore(at(name), quietLog, [CSM_SCHEMA]);
		expect((await look(name)).owner).toEndWith(`(process ${process.pid})`);
		await store.close();
		expect(await look(name)).toEqual(WELL);
		const listenUrl = postgres.server.url(name);
		expect(await look(name, { listenUrl })).toEqual(WELL);
		const nowhere = await look(name, { listenUrl: "postgres://ann@127.0.0.1:1/x" });
		expect(nowhere.deaf).toContain("127.0.0.1:1 cannot be reached");
	});
});
