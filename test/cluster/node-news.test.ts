import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { NodeNews } from "../../src/cluster/node-news.ts";
import type { SharedDatabase } from "../../src/store/port.ts";
import { openShared } from "../../src/store/shared.ts";
import { postgresForAll } from "../support/databases.ts";
import { quietLog } from "../support/log.ts";
import { hasPostgres } from "../support/postgres-server.ts";
import { DEADLINE_MS, Inbox } from "../support/waiting.ts";

describe.skipIf(!hasPostgres())("news of nodes", () => {
	const postgres = postgresForAll();
	let name: string;
	const databases: SharedDatabase[] = [];
	beforeEach(async () => {
		name = await postgres.server.database();
		const place = { userdir: "/", url: postgres.server.url(name) };
		for (let n = 0; n < 2; n++) databases.push(await openShared(place, DEADLINE_MS, quietLog));
	});
	afterEach(() => {
		for (const database of databases.splice(0)) database.close();
	});

	test("reach all nodes, their own too; what may have been missed is told as such", async () => {
		const nodes = databases.map((database) => new NodeNews(database));
		const heard = nodes.map((node) => {
			const inbox = new Inbox<string>();
			node.listen((news) => inbox.add(news ?? "some may have been missed"));
			return inbox;
		});
		for (const inbox of heard) {
			expect(await inbox.take("the beginning")).toBe("some may have been missed");
		}
		for (const news of ["a", ""]) {
			await nodes[0]?.tell(news);
			for (const inbox of heard) expect(await inbox.take("the news")).toBe(news);
		}
	});
});
