import { Type } from "@sinclair/typebox";
import { oneOf, section } from "../config/mod.ts";

/** Where the database is. */
export const DATABASE = section("store", "core-db", "The database.", {
	type: oneOf(
		["sqlite", "postgres"],
		"sqlite keeps everything in one file; postgres in a PostgreSQL database, 13 or newer.",
	),
	url: Type.String({
		minLength: 1,
		path: true,
		default: "iottalk.db",
		description:
			"Database file, relative to userdir, or :memory: to keep nothing on disk. With type = postgres: postgres://USER@HOST:PORT/DATABASE, without a password; ?sslmode=verify-full encrypts the connection and checks the certificate (others: disable, prefer, require, verify-ca), &sslrootcert=FILE names its authority.",
	}),
	"password-file": Type.String({
		default: "",
		path: true,
		description:
			"File whose first line is the PostgreSQL password, readable by the server's user only; empty: the environment variable IOTCTL_DB_PASSWORD, if it is set.",
	}),
	"listen-url": Type.String({
		default: "",
		description:
			"A direct address of the same database, if url leads to a pooler such as pgbouncer. Poolers do not pass on notifications, and without those the server notices only after up to three seconds that another program has changed accounts. Empty: url.",
	}),
	host: Type.String({
		default: "localhost",
		description: "MySQL only: not used.",
		hidden: true,
	}),
	port: Type.Integer({ default: -1, description: "MySQL only: not used.", hidden: true }),
	user: Type.String({ default: "", description: "MySQL only: not used.", hidden: true }),
	passwd: Type.String({
		default: "",
		description: "MySQL only: not used.",
		hidden: true,
		secret: true,
	}),
});
