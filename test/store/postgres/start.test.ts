import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf } from "../../../src/kit/errors.ts";
import { readAddress } from "../../../src/store/postgres/address.ts";
import { connect } from "../../../src/store/postgres/start.ts";
import { postgresForAll } from "../../support/databases.ts";
import { freePort } from "../../support/ports.ts";
import { hasPostgres, LOCKED } from "../../support/postgres-server.ts";
import { DEADLINE_MS, until } from "../../support/waiting.ts";

describe.skipIf(!hasPostgres())("a start at PostgreSQL", () => {
	const postgres = postgresForAll();
	let userdir: string;
	beforeEach(() => {
		userdir = mkdtempSync(join(tmpdir(), "iotctl-start-"));
	});
	afterEach(() => rmSync(userdir, { recursive: true }));

	const warned: string[] = [];
	const log = { warn: (text: string) => warned.push(text) };
	const tryAt = async (url: string, { passwordFile = "", waitMs = 0 } = {}) => {
		const options = { userdir, url, postgres: { passwordFile, listenUrl: "" } };
		const opened = await connect(readAddress(url, options), log, waitMs).catch(messageOf);
		if (typeof opened === "string")
			return opened.replace(/^Cannot open the database "[^"]+": /, "");
		opened.close();
		return undefined;
	};

	test("without a password, with a wrong one, and with the right one", async () => {
		const database = await postgres.server.database();
		await postgres.server.lock(database);
		const url = postgres.server.url(database, LOCKED.user);
		expect(await tryAt(url)).toContain("it wants a password; set password-file in [core-db]");
		writeFileSync(join(userdir, "password"), "wrong\n");
		expect(await tryAt(url, { passwordFile: "password" })).toContain(
			"check the user, and the password in password-file",
		);
		writeFileSync(join(userdir, "password"), `${LOCKED.password}\n`);
		expect(await tryAt(url, { passwordFile: "password" })).toBeUndefined();
	});

	test("with a user or a database that is not there", async () => {
		expect(await tryAt(postgres.server.url("nothing"))).toStartWith(
			"there is no database nothing; create it with: createdb --owner",
		);
		expect(await tryAt(postgres.server.url("postgres", "absent"))).toContain(
			"the login of absent is refused",
		);
	});

	test("as one who may not log in, not to that database, or not now", async () => {
		const database = await postgres.server.database();
		for (const user of ["group1 NOLOGIN", "crowd CONNECTION LIMIT 0", "stranger"]) {
			await postgres.server.ask(`CREATE USER ${user}`);
		}
		await postgres.server.ask(`REVOKE CONNECT ON DATABASE ${database} FROM PUBLIC`);
		const as = (user: string) => tryAt(postgres.server.url(database, user));
		expect(await as("group1")).toEndWith("; check the user in url, and pg_hba.conf there");
		expect(await as("stranger")).toEndWith(
			`; allow it: GRANT CONNECT ON DATABASE ${database} TO stranger`,
		);
		await postgres.server.ask(`GRANT CONNECT ON DATABASE ${database} TO crowd`);
		expect(await as("crowd")).toContain("; a server needs up to seven: end others");
	});

	test("at a program that is not PostgreSQL", async () => {
		const other = Bun.listen({
			hostname: "127.0.0.1",
			port: 0,
			socket: { data: (socket) => void socket.end("HTTP/1.1 400 Bad Request\r\n\r\n") },
		});
		const at = `127.0.0.1:${other.port}`;
		expect(await tryAt(`postgres://u@${at}/x`)).toBe(
			`what answers at ${at} is not PostgreSQL; change url in [core-db]`,
		);
		other.stop(true);
	});

	test("at a server that asks for what this program does not have, or says nothing of use", async () => {
		const answers = {
			gss: [
				[82, 0, 0, 0, 8, 0, 0, 0, 7],
				"; let it ask for a password (scram-sha-256 in pg_hba.conf",
			],
			empty: [[69, 0, 0, 0, 5, 0], "it refuses, and does not say why; the log of PostgreSQL at"],
		} as const;
		for (const [bytes, why] of Object.values(answers)) {
			const other = Bun.listen({
				hostname: "127.0.0.1",
				port: 0,
				socket: { data: (socket) => void socket.write(Buffer.from(bytes)) },
			});
			expect(await tryAt(`postgres://u@127.0.0.1:${other.port}/x?sslmode=disable`)).toContain(why);
			other.stop(true);
		}
	});

	test("where no server listens, at a host that is none, without TLS", async () => {
		const port = await freePort();
		expect(await tryAt(`postgres://u@127.0.0.1:${port}/x`)).toStartWith(
			`127.0.0.1:${port} cannot be reached`,
		);
		expect(await tryAt("postgres://u@no-such-host.invalid/x")).toContain("cannot be reached");
		expect(await tryAt(`${postgres.server.url("postgres")}?sslmode=require`)).toStartWith(
			"no encrypted connection with sslmode=require (Server does not support SSL); set up TLS there",
		);
	});

	test("that is not up yet is waited for", async () => {
		await postgres.server.stop();
		warned.length = 0;
		const trying = tryAt(postgres.server.url("postgres"), { waitMs: DEADLINE_MS });
		await until(() => warned.length > 0, "the warning");
		await postgres.server.run();
		expect(await trying).toBeUndefined();
		expect(warned).toEqual(["waiting for the database"]);
	});
});
