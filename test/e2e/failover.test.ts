// The executable on a PostgreSQL behind haproxy, whose machine dies: a standby takes its place.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { postgresForAll } from "../support/databases.ts";
import { body, call } from "../support/gateway.ts";
import { startHaproxy } from "../support/haproxy.ts";
import { TestClient } from "../support/mqtt.ts";
import { hasPostgres, type PostgresServer } from "../support/postgres-server.ts";
import { hasProgram } from "../support/programs.ts";
import { startBinary, type Target } from "../support/target.ts";
import { LONG_DEADLINE_MS, until } from "../support/waiting.ts";

/**
 * In hand at a time, besides those that were when something else began to be waited for: those that were being committed,
 * which may be all of them, hear nothing until the standby takes the primary's place.
 */
const MOST = 200;
const EVERY_MS = 5;
/** Registrations before, during and after. */
const SOME = 8;

describe.skipIf(!hasPostgres() || !hasProgram("haproxy"))("behind haproxy", () => {
	const primary = postgresForAll();
	let folder: string;
	let name: string;
	let standby: PostgresServer;
	let haproxy: Awaited<ReturnType<typeof startHaproxy>>;
	let target: Target;
	beforeAll(async () => {
		folder = mkdtempSync(join(tmpdir(), "iotctl-failover-"));
		chmodSync(folder, 0o755);
		mkdirSync(join(folder, "standby"), { mode: 0o755 });
		name = await primary.server.database();
		standby = await primary.server.standby(join(folder, "standby"));
		haproxy = await startHaproxy(folder, [primary.server.port, standby.port]);
		const url = primary.server.url(name, undefined, haproxy.port);
		target = await startBinary({ "core-db": { type: "postgres", url } });
	});
	afterAll(async () => {
		await target?.dispose();
		await haproxy?.stop();
		await standby?.dispose();
		rmSync(folder, { recursive: true, force: true });
	});

	test("nothing answered is lost when the database fails over, and data flows meanwhile", async () => {
		const load = new Registrations(target);
		const reader = await TestClient.connect(target.mqtt);
		await reader.subscribe("free/#");
		try {
			await load.more(200, SOME);
			await primary.server.stop("SIGQUIT");
			await load.more(503, SOME);
			// haproxy leads to the standby now, which can be read, and takes no changes.
			await load.refused("takes no changes");
			const health = await call(target, "GET", "/health");
			expect(health.status).toBe(503);
			expect(health.text).toContain("its database takes no changes at the moment");
			await reader.publish("free/x", "[1]");
			await reader.next("free/x");
			await standby.ask("SELECT pg_promote()");
			await until(async () => (await call(target, "GET", "/health")).status === 200, "/health");
			await load.more(200, SOME);
		} finally {
			await load.stop();
			await reader.end();
		}
		const rows = await standby.ask("SELECT da_id FROM devices", name);
		const stored = new Set(rows.map(({ da_id }) => String(da_id)));
		expect(load.answered.filter((id) => !stored.has(id))).toEqual([]);
		expect([...load.counts.keys()].toSorted()).toEqual([200, 503]);
		const { text } = await call(target, "GET", "/api/devices");
		expect([...stored].filter((id) => !text.includes(id))).toEqual([]);
		expect(text.match(/"da_id"|"id"/g)?.length).toBe(stored.size);
		expect(target.log()).not.toContain("unhandled");
	});
});

/** Devices that register one after another, none waiting for the answer of the one before. */
class Registrations {
	readonly answered: string[] = [];
	readonly counts = new Map<number, number>();
	readonly reasons = new Set<string>();
	readonly #target: Target;
	readonly #open = new Set<Promise<void>>();
	readonly #timer: Timer;
	#most = MOST;

	constructor(target: Target) {
		this.#target = target;
		this.#timer = setInterval(() => this.#next(), EVERY_MS);
	}

	/** Waits until so many more were answered in that way. */
	more(status: number, count: number): Promise<void> {
		this.#most = this.#open.size + MOST;
		const before = this.counts.get(status) ?? 0;
		return until(
			() => (this.counts.get(status) ?? 0) >= before + count,
			`${count} answers of ${status}`,
			{ ms: LONG_DEADLINE_MS, seen: () => JSON.stringify([...this.counts]) },
		);
	}

	/** Waits until one was refused for that. */
	refused(reason: string): Promise<void> {
		this.#most = this.#open.size + MOST;
		return until(() => this.reasons.has(reason), `an answer of ${reason}`, {
			seen: () => JSON.stringify([[...this.counts], [...this.reasons], this.#open.size]),
		});
	}

	/** @throws what one of them was answered instead of a status. */
	async stop(): Promise<void> {
		clearInterval(this.#timer);
		await Promise.all(this.#open);
	}

	#next(): void {
		if (this.#open.size >= this.#most) return;
		const one = this.#register();
		this.#open.add(one);
		// One that failed stays, for the end.
		one.then(
			() => this.#open.delete(one),
			() => {},
		);
	}

	async #register(): Promise<void> {
		const id = randomUUID();
		const { status, text } = await call(this.#target, "PUT", `/${id}`, body({ name: id }));
		if (status === 200) this.answered.push(id);
		if (text.includes("takes no changes")) this.reasons.add("takes no changes");
		this.counts.set(status, (this.counts.get(status) ?? 0) + 1);
	}
}
