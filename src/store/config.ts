import { Type } from "@sinclair/typebox";
import { section } from "../config/mod.ts";

/** Where the database is. */
export const DATABASE = section("store", "core-db", "The database.", {
	type: Type.Literal("sqlite", {
		default: "sqlite",
		description: "Only sqlite is supported.",
	}),
	url: Type.String({
		minLength: 1,
		path: true,
		default: "iottalk.db",
		description: "Database file, relative to userdir, or :memory: to keep nothing on disk.",
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
