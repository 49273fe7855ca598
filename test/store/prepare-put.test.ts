import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { sqliteColumns } from "../../src/store/columns.ts";
import { handleOf } from "../../src/store/db.ts";
import { preparePut } from "../../src/store/prepare-put.ts";

const { table, text, integer, boolean, bytes } = sqliteColumns;
const things = table("things", {
	kind: text("kind").notNull(),
	number: integer("number").notNull(),
	isOn: boolean("is_on").notNull(),
	content: bytes("content"),
});

function build() {
	const sqlite = new Database(":memory:");
	sqlite.run(
		"CREATE TABLE things (kind TEXT, number INTEGER, is_on INTEGER, content BLOB, PRIMARY KEY (kind, number))",
	);
	const db = handleOf(sqlite);
	return { sqlite, db, put: preparePut(db, things, [things.kind, things.number]) };
}

const thing = { kind: "a", number: 1, isOn: true, content: Buffer.from([0, 255]) };

test("a row replaces the one with its key, and no other", async () => {
	const { db, put } = build();
	for (const row of [thing, { ...thing, number: 2 }, { ...thing, kind: "b" }]) await put(row);
	await put({ ...thing, isOn: false, content: null });
	expect(await db.select().from(things).orderBy(things.kind, things.number)).toEqual([
		{ ...thing, isOn: false, content: null },
		{ ...thing, number: 2 },
		{ ...thing, kind: "b" },
	]);
});

test("a row the database does not take rejects, and the next one is stored", async () => {
	const { sqlite, db, put } = build();
	sqlite.run("CREATE UNIQUE INDEX one_content ON things (content)");
	await put(thing);
	await expect(put({ ...thing, number: 2 })).rejects.toThrow();
	await put({ ...thing, number: 3, content: null });
	expect((await db.select().from(things)).map(({ number }) => number)).toEqual([1, 3]);
});
