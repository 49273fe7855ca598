// What the nodes of a cluster stand on is away for a while, for all of them or for one, while data of QoS 1 goes through
// graphs. Nothing the broker has confirmed is lost, and where no one is better off, nothing moves.
// IOTCTL_AWAY sets for how many seconds (npm run test:cluster: 10).
import { afterAll, describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { clusterForAll, LEASE_S, NODES, without } from "../support/cluster-drill.ts";
import { body, call } from "../support/gateway.ts";
import { hasPostgres } from "../support/postgres-server.ts";
import { hasProgram } from "../support/programs.ts";
import { TcpProxy } from "../support/tcp-proxy.ts";
import { ENDURANCE_MS, LONG_DEADLINE_MS, until } from "../support/waiting.ts";

const AWAY_S = Number(process.env.IOTCTL_AWAY ?? 2);
/** Two pings of nodes. */
const PINGS_MS = 10_000;
/** The node that can be cut off. */
const ALONE = "c";
const LOST = "broker has lost the session";

describe.skipIf(!hasPostgres() || !hasProgram("mosquitto"))("three nodes", () => {
	const between = {} as { broker: TcpProxy; postgres: TcpProxy };
	const drill = clusterForAll({
		ini: async (node, { cluster, postgres }) => {
			if (node !== ALONE) return {};
			between.broker = await TcpProxy.start(cluster.mosquitto.port);
			between.postgres = await TcpProxy.start(postgres.port);
			const url = cluster.url.replace(`:${postgres.port}/`, `:${between.postgres.port}/`);
			return {
				"core-mqtt": { connect: `127.0.0.1:${between.broker.port}` },
				"core-db": { type: "postgres", url },
			};
		},
	});
	afterAll(async () => {
		await between.broker?.stop();
		await between.postgres?.stop();
	});

	/** Has something be away, and comes back when all is as before. @returns partitions that moved. */
	async function away(what: string, leave: () => Promise<unknown>, back: () => Promise<unknown>) {
		const { cluster, load } = drill;
		load.begin();
		await load.more(100, "before it");
		const moved = await load.during(what, async () => {
			await leave();
			// Not until something happens: that nothing does is what is expected.
			await Bun.sleep(AWAY_S * 1000);
			await back();
			await cluster.settled(...NODES);
		});
		await load.more(100, "after it");
		// Connections come back after at most as long again.
		const brokerMs = what.includes("broker") ? 3000 * AWAY_S : 0;
		await load.end(`${what} for ${AWAY_S} s`, { brokerMs });
		return moved;
	}

	test(
		"are without PostgreSQL",
		async () => {
			const { postgres } = drill;
			const moved = await away(
				"PostgreSQL away",
				() => postgres.stop("SIGQUIT"),
				() => postgres.run(),
			);
			expect(moved).toEqual([]);
		},
		ENDURANCE_MS,
	);

	test(
		"have a PostgreSQL that takes no changes",
		async () => {
			const { postgres, cluster } = drill;
			const set = async (isOn: boolean) => {
				await postgres.ask(`ALTER SYSTEM SET default_transaction_read_only = ${isOn}`);
				await postgres.ask("SELECT pg_reload_conf()");
			};
			const moved = await away(
				"PostgreSQL read-only",
				() => set(true),
				async () => {
					const [refused, health, status] = await Promise.all([
						call(cluster.node("a"), "PUT", `/${crypto.randomUUID()}`, body()),
						call(cluster.node("a"), "GET", "/health"),
						call(cluster.node("a"), "GET", "/api/status"),
					]);
					await set(false);
					expect([refused.status, health.status]).toEqual([503, 200]);
					expect(status.text).toContain("its database takes no changes at the moment");
				},
			);
			expect(moved).toEqual([]);
		},
		ENDURANCE_MS,
	);

	test(
		"are without the broker, which keeps its sessions",
		async () => {
			const { mosquitto } = drill.cluster;
			const moved = await away(
				"broker away",
				() => mosquitto.stop("SIGTERM"),
				() => mosquitto.run(),
			);
			expect(moved).toEqual([]);
		},
		ENDURANCE_MS,
	);

	test(
		"are without both",
		async () => {
			const { postgres, cluster } = drill;
			const { mosquitto } = cluster;
			await away(
				"broker and PostgreSQL away",
				() => Promise.all([mosquitto.stop("SIGTERM"), postgres.stop("SIGQUIT")]),
				async () => {
					await mosquitto.run();
					await Bun.sleep(LEASE_S * 500);
					await postgres.run();
				},
			);
		},
		ENDURANCE_MS,
	);

	for (const [what, proxy] of [
		["the broker", () => between.broker],
		["PostgreSQL", () => between.postgres],
	] as const) {
		for (const how of ["closed", "silent"] as const) {
			test(
				`replace one that is cut off from ${what}, ${how}`,
				async () => {
					const { cluster, load } = drill;
					load.begin();
					await load.more(100, "before it");
					const name = `cut off from ${what}, ${how}`;
					await load.during(name, async () => {
						proxy().cut(how);
						await cluster.settled(...without(ALONE));
					});
					await load.more(AWAY_S * 300, "without it");
					await load.during("back", async () => {
						proxy().mend();
						await cluster.settled(...NODES);
					});
					// Two pings without an answer say that a connection is cut.
					await load.end(name, { brokerMs: how === "silent" ? PINGS_MS : 0 });
				},
				ENDURANCE_MS,
			);
		}
	}

	test(
		"subscribe again where the broker has lost their sessions, say so, and count it",
		async () => {
			const { cluster, load } = drill;
			const { mosquitto } = cluster;
			const before = await lostSessions();
			await mosquitto.stop("SIGTERM");
			rmSync(cluster.keptSessions, { force: true });
			await mosquitto.run();
			await cluster.settled(...NODES);
			const said = () => NODES.filter((name) => cluster.node(name).log().includes(LOST));
			await until(() => said().length === NODES.length, "each to say so", {
				ms: LONG_DEADLINE_MS,
			});
			// Two of each partition, and the router's.
			expect((await lostSessions()) - before).toBe(2 * 8 + 1);
			load.begin();
			await load.more(300, "after it");
			await load.end("sessions lost, and data behind that");
		},
		ENDURANCE_MS,
	);

	async function lostSessions(): Promise<number> {
		let sum = 0;
		for (const name of NODES) {
			const { text } = await call(drill.cluster.node(name), "GET", "/metrics");
			const [, count] = /^iotctl_cluster_sessions_lost_total\{.*\} (\d+)$/m.exec(text) ?? [];
			sum += Number(count);
		}
		return sum;
	}
});
