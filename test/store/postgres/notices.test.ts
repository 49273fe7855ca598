import { describe, expect, test } from "bun:test";
import { readAddress } from "../../../src/store/postgres/address.ts";
import { Notices } from "../../../src/store/postgres/notices.ts";
import { postgresForAll } from "../../support/databases.ts";
import { quietLog } from "../../support/log.ts";
import { hasPostgres } from "../../support/postgres-server.ts";
import { Inbox } from "../../support/waiting.ts";

describe.skipIf(!hasPostgres())("notices of PostgreSQL", () => {
	const postgres = postgresForAll();

	test("are heard one by one, also after the connection was lost, which counts as one itself", async () => {
		const name = await postgres.server.database();
		const url = postgres.server.url(name);
		const heard = new Inbox<string>();
		const options = { userdir: "", url, postgres: { passwordFile: "", listenUrl: "" } };
		const address = readAddress(url, options);
		const notices = new Notices(address, "iotctl_test", () => heard.add("change"), quietLog);
		notices.start();
		try {
			for (let n = 0; n < 2; n++) {
				await heard.take(n === 0 ? "the beginning" : "the new beginning");
				await postgres.server.ask("NOTIFY iotctl_test", name);
				await heard.take("the notice");
				expect(heard.waiting).toEqual([]);
				await postgres.server.cut(name);
			}
		} finally {
			notices.close();
		}
	});
});
