// Connections to PostgreSQL are ended again and again while devices register: what was answered is there.
import { describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { postgresForAll } from "../support/databases.ts";
import { body, call } from "../support/gateway.ts";
import { hasPostgres } from "../support/postgres-server.ts";
import { startBinary } from "../support/target.ts";
import { ENDURANCE_MS, until } from "../support/waiting.ts";

/** How often; `npm run test:postgres` does it more often. */
const CUTS = Number(process.env.IOTCTL_CUTS ?? 10);
const CLIENTS = 8;
/** Cuts come at any moment of a commit. */
const SPREAD_MS = 20;

describe.skipIf(!hasPostgres())("registrations while connections are ended", () => {
	const postgres = postgresForAll();

	test(
		"none that was answered is missing, all is well afterwards",
		async () => {
			const name = await postgres.server.database();
			const target = await startBinary({
				"core-db": { type: "postgres", url: postgres.server.url(name) },
			});
			const answered: string[] = [];
			const others = new Map<number, number>();
			let isOver = false;
			const register = async () => {
				while (!isOver) {
					const id = randomUUID();
					const { status } = await call(target, "PUT", `/${id}`, body({ name: id }));
					if (status === 200) answered.push(id);
					else others.set(status, (others.get(status) ?? 0) + 1);
				}
			};
			try {
				const clients = Array.from({ length: CLIENTS }, register);
				for (let cut = 0; cut < CUTS; cut++) {
					const before = answered.length;
					await until(() => answered.length >= before + CLIENTS, "registrations to go on");
					await Bun.sleep(Math.random() * SPREAD_MS);
					await postgres.server.cut(name);
				}
				await until(async () => (await call(target, "GET", "/health")).status === 200, "health");
				isOver = true;
				await Promise.all(clients);
				const rows = await postgres.server.ask("SELECT da_id FROM devices", name);
				const stored = new Set(rows.map(({ da_id }) => String(da_id)));
				expect(answered.filter((id) => !stored.has(id))).toEqual([]);
				expect(answered.length).toBeGreaterThan(CUTS);
				expect([...others.keys()].filter((status) => status !== 503)).toEqual([]);
				// In memory there is what is in the database.
				const { text } = await call(target, "GET", "/api/devices");
				expect([...stored].filter((id) => !text.includes(id))).toEqual([]);
				expect(text.match(/"da_id"|"id"/g)?.length).toBe(stored.size);
				expect(target.log()).not.toContain("unhandled");
			} finally {
				isOver = true;
				await target.dispose();
			}
		},
		ENDURANCE_MS,
	);
});
