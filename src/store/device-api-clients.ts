import { eq } from "drizzle-orm";
import type { Db } from "./db.ts";
import { deviceApiClients } from "./schema.ts";

/** Who is attached to the device API. Writing methods belong inside `Store.write`. */
export class DeviceApiClientRows {
	readonly #db: Db;

	constructor(db: Db) {
		this.#db = db;
	}

	all(): string[] {
		return this.#db
			.select()
			.from(deviceApiClients)
			.all()
			.map(({ client }) => client);
	}

	add(client: string): void {
		this.#db.insert(deviceApiClients).values({ client }).onConflictDoNothing().run();
	}

	remove(client: string): void {
		this.#db.delete(deviceApiClients).where(eq(deviceApiClients.client, client)).run();
	}
}
