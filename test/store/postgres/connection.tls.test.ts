// Connections to a PostgreSQL with a certificate: what each sslmode accepts, and what is said otherwise.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf, StorageError } from "../../../src/kit/errors.ts";
import { accountsIn } from "../../../src/store/accounts-in.ts";
import { openStore } from "../../../src/store/open-store.ts";
import { readAddress } from "../../../src/store/postgres/address.ts";
import { connect } from "../../../src/store/postgres/start.ts";
import { makeCertificate } from "../../../src/tls/make-certificate.ts";
import { postgresForAll } from "../../support/databases.ts";
import { quietLog } from "../../support/log.ts";
import { hasPostgres } from "../../support/postgres-server.ts";
import { until } from "../../support/waiting.ts";

/** Of the certificate; the other name of this machine is its address. */
const NAME = "localhost";
const DAYS = 30;

describe.skipIf(!hasPostgres())("a PostgreSQL with a certificate", () => {
	const postgres = postgresForAll();
	let userdir: string;
	let certificate: Awaited<ReturnType<typeof makeCertificate>>;
	beforeAll(async () => {
		userdir = mkdtempSync(join(tmpdir(), "iotctl-pg-tls-"));
		certificate = await makeCertificate([NAME], DAYS);
		await postgres.server.encrypt(certificate);
		writeFileSync(join(userdir, "own.pem"), certificate.ca);
		writeFileSync(join(userdir, "other.pem"), (await makeCertificate([NAME], DAYS)).ca);
	});
	afterAll(() => rmSync(userdir, { recursive: true }));

	const urlOf = (host: string, mode: string, database = "postgres") =>
		`postgres://iottalk@${host}:${postgres.server.port}/${database}?sslmode=${mode}`;
	/** `encrypted` or `plain`; or why there is no connection. */
	const tryAt = async (host: string, mode: string) => {
		const url = urlOf(host, mode);
		const log = { warn: () => {} };
		const opened = await connect(readAddress(url, { userdir, url }), log, 0).catch(messageOf);
		if (typeof opened === "string") return opened;
		const [[isEncrypted] = []] = await opened.ask(
			"SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
		);
		opened.close();
		return isEncrypted === true ? "encrypted" : "plain";
	};

	test.each([
		["disable", "127.0.0.1", "plain"],
		["prefer", "127.0.0.1", "encrypted"],
		["require", "127.0.0.1", "encrypted"],
		["verify-ca&sslrootcert=own.pem", "127.0.0.1", "encrypted"],
		["verify-ca&sslrootcert=own.pem", NAME, "encrypted"],
		["verify-full&sslrootcert=own.pem", NAME, "encrypted"],
		[
			"verify-full&sslrootcert=own.pem",
			"127.0.0.1",
			"name the host in url as its certificate does",
		],
		["verify-full&sslrootcert=other.pem", NAME, "the authority that signed its certificate"],
		["verify-ca&sslrootcert=other.pem", NAME, "the authority that signed its certificate"],
		["verify-full", NAME, "the authority that signed its certificate with sslrootcert in url"],
		["verify-ca", NAME, "the authority that signed its certificate with sslrootcert in url"],
	])("sslmode=%s at %s", async (mode, host, outcome) => {
		expect(await tryAt(host, mode)).toContain(outcome);
	});

	test("whose certificate is replaced by one that is not trusted is away until it is", async () => {
		const name = await postgres.server.database();
		const url = urlOf(NAME, "verify-full&sslrootcert=own.pem", name);
		const store = await openStore({ userdir, url }, quietLog);
		const put = (text: string) =>
			store.write((db) =>
				accountsIn(db, store.columns).secrets.putService({ name: text, hash: "h", createdAt: 1 }),
			);
		const there = async () =>
			(await accountsIn(store.reading, store.columns).secrets.services()).map((one) => one.name);
		try {
			await put("before");
			expect(await there()).toEqual(["before"]);
			await postgres.server.encrypt(await makeCertificate([NAME], 0));
			await postgres.server.cut(name);
			await expect(put("meanwhile")).rejects.toThrow("its database cannot be reached with TLS (");
			await expect(there()).rejects.toBeInstanceOf(StorageError);
			await postgres.server.encrypt(certificate);
			await until(() => store.problem === undefined, "the database to be back");
			await put("after");
			expect(await there()).toEqual(["after", "before"]);
		} finally {
			await store.close();
			await postgres.server.encrypt(certificate);
		}
	});
});
