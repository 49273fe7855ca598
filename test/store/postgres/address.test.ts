import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError } from "../../../src/kit/errors.ts";
import { readAddress } from "../../../src/store/postgres/address.ts";

let userdir: string;
beforeEach(() => {
	userdir = mkdtempSync(join(tmpdir(), "iotctl-address-"));
});
afterEach(() => {
	rmSync(userdir, { recursive: true });
	delete process.env.IOTCTL_DB_PASSWORD;
});

const read = (url: string, passwordFile = "") =>
	readAddress(url, { userdir, url, postgres: { passwordFile, listenUrl: "" } });
const problemOf = (url: string, passwordFile = "") => {
	try {
		read(url, passwordFile);
	} catch (error) {
		if (error instanceof ConfigError) return error.message;
		throw error;
	}
	return undefined;
};

describe("an address", () => {
	test("has a host, a port, a user and a database", () => {
		expect(read("postgres://ann@db.example:5433/school")).toEqual({
			...{ host: "db.example", port: 5433, user: "ann", database: "school" },
			...{ sslMode: "prefer", authority: undefined, password: "" },
			text: "postgres://ann@db.example:5433/school",
			setting: "url in [core-db]",
		});
		expect(read("postgresql://a%20b@[::1]/x%2By?sslmode=disable")).toMatchObject({
			...{ host: "::1", port: 5432, user: "a b", database: "x+y", sslMode: "disable" },
		});
	});

	test.each([
		["postgres://", "which is not the address of a database; write it like postgres://"],
		["postgres:///x", "which is not the address of a database"],
		["postgres://u@a:1,b:2/x", "name the one in front of them, such as haproxy"],
		["postgres://u@a,b/x", "name the one in front of them, such as haproxy"],
		["postgres://u@h:99999/x", "which is not the address of a database"],
		["postgres://u@h:0/x", "which is not the address of a database"],
		["postgres://u%00@h/x", "the name of its user has a control character in it"],
		["postgres://u@h/x%0Ay", "the name of its database has a control character in it"],
		[`postgres://${"u".repeat(64)}@h/x`, "the name of its user has more than 63 bytes"],
		[`postgres://u@h/${"%E5%AD%B8".repeat(22)}`, "its database has more than 63 bytes"],
		["postgres://u@h/x#y", "in a name # is written %23"],
		["postgres://u@h/x?sslmode=require&sslmode=disable", '"sslmode" is in it twice'],
		["postgres://h/x", "it names no user"],
		["postgres://u@h", "it names no database"],
		["postgres://u@h/a/b", "it names no database"],
		["postgres://u@h/x?sslmode=maybe", "sslmode is one of disable, prefer, require"],
		["postgres://u@h/x?ssl=1", '"ssl" is not known; known are sslmode, sslrootcert'],
		["postgres://u@h/x?sslrootcert=ca.pem", "sslrootcert counts with sslmode=verify-full"],
		["postgres://u@h/x?sslmode=verify-full&sslrootcert=none.pem", "no such file or directory"],
	])("%s is refused", (url, why) => {
		expect(problemOf(url)).toContain(why);
	});

	test("is called what it is called in the ini", () => {
		const setting = "url in [gui-db]";
		for (const url of ["postgres://", "postgres://h/x", "postgres://ann:secret@h/x"]) {
			expect(() => readAddress(url, { userdir, url, setting })).toThrow(/^url in \[gui-db\] /);
		}
		const url = "postgres://u@h/x";
		expect(readAddress(url, { userdir, url, setting })).toMatchObject({ setting });
		const postgres = { passwordFile: "none", listenUrl: "" };
		expect(() => readAddress(url, { userdir, url, setting, postgres })).toThrow(
			"(password-file in [core-db])",
		);
	});

	test("may name a certificate, which has to be one", () => {
		const url = "postgres://u@h/x?sslmode=verify-full&sslrootcert=ca.pem";
		const pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
		writeFileSync(join(userdir, "ca.pem"), pem);
		expect(read(url)).toMatchObject({ sslMode: "verify-full", authority: pem });
		writeFileSync(join(userdir, "ca.pem"), "-----BEGIN PRIVATE KEY-----\n");
		expect(problemOf(url)).toContain("there is no certificate in it; name a PEM file");
	});

	test("with a password in it is refused, and the password is not shown", () => {
		const problem = problemOf("postgres://ann:geheim@h/x");
		expect(problem).toContain("name that with password-file in [core-db]");
		expect(problem).not.toContain("geheim");
		for (const url of ["ann:geheim@a:1,b:2/x", "ann:ge@geheim#@h/x", "ann:1/geheim@h/x"]) {
			expect(problemOf(`postgres://${url}`)).toStartWith("url in [core-db] ");
			expect(problemOf(`postgres://${url}`)).not.toContain("geheim");
		}
	});
});

describe("the password", () => {
	test("is the first line of a file, or in the environment", () => {
		writeFileSync(join(userdir, "password"), "\ufefflong and secret\nmore\n");
		expect(read("postgres://u@h/x", "password").password).toBe("long and secret");
		process.env.IOTCTL_DB_PASSWORD = "other";
		expect(read("postgres://u@h/x").password).toBe("other");
		expect(read("postgres://u@h/x", "password").password).toBe("long and secret");
	});

	test("has to be readable", () => {
		expect(problemOf("postgres://u@h/x", "none")).toBe(
			`Cannot read "${join(userdir, "none")}" (password-file in [core-db]): no such file or directory`,
		);
		writeFileSync(join(userdir, "binary"), Buffer.from([0xff, 0xfe]));
		expect(problemOf("postgres://u@h/x", "binary")).toContain("it is not UTF-8 text");
		writeFileSync(join(userdir, "nul"), "geheim\0\n");
		expect(problemOf("postgres://u@h/x", "nul")).toEndWith(
			"there is a NUL character in its first line, which is the password",
		);
		expect(problemOf("postgres://u@h/x", "/dev/zero")).toContain("it is not a regular file");
	});
});
