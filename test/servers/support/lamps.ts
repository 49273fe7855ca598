import { Type } from "@sinclair/typebox";
import { count, reloadable, section, sectionValues } from "../../../src/config/mod.ts";
import { json, type Route, routeReading } from "../../../src/http/mod.ts";
import { InputError } from "../../../src/kit/mod.ts";
import type { BuiltModule, Core, ServerModule } from "../../../src/servers/module.ts";
import type { Columns } from "../../../src/store/mod.ts";

/** The ini section of a module that CSM and the core know nothing of. */
export const LAMPS = section("lamps", "lamps", "Lamps.", {
	"max-lamps": reloadable(count(10, "Lamps there may be.")),
});

const lampTables = ({ table, text, integer }: Columns) => ({
	lamps: table("lamps", { name: text("name").primaryKey(), lit: integer("lit").notNull() }),
});

/** A module with everything a module may have: section, tables, parts, routes, metrics, problems, cautions. */
export function lamps(said: string[] = []): ServerModule {
	return {
		name: "lamps",
		sections: [LAMPS],
		schema: {
			module: "lamps",
			migrations: [
				{ name: "init", sql: "CREATE TABLE lamps (name TEXT PRIMARY KEY NOT NULL)" },
				{ name: "lit", sql: "ALTER TABLE lamps ADD COLUMN lit INTEGER NOT NULL DEFAULT 0" },
			],
			tables: lampTables,
		},
		build: (core) => buildLamps(core, said),
	};
}

function lampOf({ name }: { readonly name?: unknown }): { name: string } {
	if (typeof name !== "string") throw new InputError("a lamp has a name", "name");
	return { name };
}

function buildLamps({ store, current, broker }: Core, said: string[]): BuiltModule {
	const { lamps: table } = lampTables(store.columns);
	let lit = 0;
	const maxLamps = () => sectionValues(current.values, LAMPS)["max-lamps"];
	const light: Route = routeReading(lampOf, {
		method: "PUT",
		path: "/lamps",
		summary: "Light a lamp",
		who: "admin",
		body: Type.Object({ name: Type.String() }),
		replies: { 200: { description: "lit", schema: Type.Object({ lit: Type.Integer() }) } },
		run: async (_, { name }) => {
			await store.write(async (db) => {
				await db.insert(table).values({ name, lit: 1 });
			});
			lit += 1;
			const stored = await store.reading.select().from(table);
			return json(200, { lit: stored.length });
		},
	});
	return {
		parts: [
			{
				name: "lamps",
				start: () => void said.push(`start with room for ${maxLamps()}`),
				opened: () => broker.publish("lamps/ready", "yes", { qos: 0 }),
				finish: () => void said.push("finish"),
				stop: () => void said.push("stop"),
			},
		],
		routes: [light],
		problems: () => (lit > maxLamps() ? [`${lit} lamps are lit`] : []),
		metrics: () => [
			{ kind: "gauge", name: "lamps_lit", help: "Lamps that are lit.", read: () => lit },
		],
		cautions: () => ["lamps get warm"],
		summary: () => `${lit} lamps lit`,
	};
}
