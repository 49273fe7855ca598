import { describe, expect, test } from "bun:test";
import { readAddress } from "../../../src/store/postgres/address.ts";
import { Pool } from "../../../src/store/postgres/connection.ts";
import {
	readFacts,
	whyUnchangeable,
	whyUnusable,
} from "../../../src/store/postgres/server-facts.ts";
import { postgresForAll } from "../../support/databases.ts";
import { hasPostgres } from "../../support/postgres-server.ts";

const FACTS = {
	...{ version: 130_000, encoding: "UTF8", schema: "public" },
	...{ isStandby: false, isReadOnly: false },
};
const AT = { user: "ann", database: "school", setting: "url in [gui-db]" };

test.each([
	["13 and newer", {}, undefined],
	["17", { version: 170_006 }, undefined],
	["12", { version: 120_022 }, "it is PostgreSQL 12; 13 or newer is needed: bring it up to date"],
	["9.6", { version: 90_624 }, "it is PostgreSQL 9.6; 13 or newer is needed"],
	["another encoding", { encoding: "LATIN1" }, "its encoding is LATIN1; make one with: createdb"],
	["no schema", { schema: null }, "ALTER ROLE ann IN DATABASE school SET search_path = public"],
])("what can be read: %s", (_, facts, why) => {
	const problem = whyUnusable({ ...FACTS, ...facts }, AT);
	if (why === undefined) expect(problem).toBeUndefined();
	else expect(problem).toContain(why);
});

test.each([
	["a primary", {}, undefined],
	["a standby", { isStandby: true, isReadOnly: true }, "no changes; let url in [gui-db] lead to"],
	["read-only", { isReadOnly: true }, "ALTER DATABASE school SET default_transaction_read_only"],
])("what takes changes: %s", (_, facts, why) => {
	const problem = whyUnchangeable({ ...FACTS, ...facts }, AT);
	if (why === undefined) expect(problem).toBeUndefined();
	else expect(problem).toContain(why);
});

describe.skipIf(!hasPostgres())("a database says", () => {
	const postgres = postgresForAll();

	test("what it is", async () => {
		const url = postgres.server.url(await postgres.server.database());
		const pool = new Pool(readAddress(url, { userdir: "/", url }), 1);
		const facts = await readFacts(pool.ask).finally(() => pool.close());
		expect(facts).toEqual({ ...FACTS, version: facts.version });
		expect(facts.version).toBeGreaterThan(130_000);
	});
});
