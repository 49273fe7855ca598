// Requests for devices at two nodes of a cluster, while their partitions go from one to the other all the time.
import { describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { body, call } from "../support/gateway.ts";
import { hasPostgres } from "../support/postgres-server.ts";
import { hasProgram } from "../support/programs.ts";
import { startBinary, type Target } from "../support/target.ts";
import { twoNodes } from "../support/two-nodes.ts";
import { TEST_MS } from "../support/waiting.ts";

const AT_A_TIME = 24;
const MOVES = 4;

describe.skipIf(!hasPostgres() || !hasProgram("mosquitto"))("two nodes", () => {
	const nodes = twoNodes("each", startBinary);

	test(
		"answer all that is asked of devices as one server does, and each device is at one of them",
		async () => {
			const { cluster, a, b } = nodes;
			let isOver = false;
			/** By id, of devices that are registered. */
			const revs = new Map<string, unknown>();
			const refused: string[] = [];
			const ask = async (node: Target, method: string, id: string, sent: unknown) => {
				const { status, json, text } = await call(node, method, `/${id}`, sent);
				if (status !== 200) refused.push(`${method} ${status} ${text}`);
				return json;
			};
			const worker = async (_: unknown, n: number) => {
				const [near, far] = n % 2 === 0 ? [a, b] : [b, a];
				for (let turn = 0; !isOver; turn++) {
					const id = randomUUID();
					await ask(near, "PUT", id, body({ name: undefined }));
					await ask(far, "POST", id, { name: `N${n}-${turn}` });
					const { rev } = await ask(far, "PUT", id, body());
					if (turn % 2 === 0) await ask(near, "DELETE", id, { rev });
					else revs.set(id, rev);
				}
			};
			const workers = Promise.all(Array.from({ length: AT_A_TIME }, worker));
			for (let move = 0; move < MOVES; move++) {
				await cluster.drain("b", true);
				await cluster.settled("a");
				await cluster.drain("b", false);
				await cluster.settled("a", "b");
			}
			isOver = true;
			await workers;
			expect(refused).toEqual([]);
			const rows = await cluster.ask("SELECT da_id, rev FROM devices");
			expect(new Map(rows.map(({ da_id, rev }) => [String(da_id), rev]))).toEqual(revs);
			const lists = await Promise.all([a, b].map((node) => devicesOf(node)));
			expect(lists.flat().toSorted()).toEqual([...revs.keys()].toSorted());
		},
		TEST_MS,
	);

	/** Ids of the devices that a node has in memory. */
	async function devicesOf(node: Target): Promise<string[]> {
		const { text } = await call(node, "GET", "/api/devices");
		return (JSON.parse(text) as { id: string }[]).map(({ id }) => id);
	}
});
