import { eq } from "drizzle-orm";
import type { Db } from "../../store/mod.ts";
import type { CsmTables } from "./tables.ts";

/** Clients attached to the device API. Writing methods belong inside `CsmStore.write`. */
export class DeviceApiClientRows {
	readonly #db: Db;
	readonly #clients: CsmTables["deviceApiClients"];

	constructor(db: Db, { deviceApiClients }: CsmTables) {
		this.#db = db;
		this.#clients = deviceApiClients;
	}

	async all(): Promise<string[]> {
		const rows = await this.#db.select().from(this.#clients);
		return rows.map(({ client }) => client);
	}

	async add(client: string): Promise<void> {
		await this.#db.insert(this.#clients).values({ client }).onConflictDoNothing();
	}

	async remove(client: string): Promise<void> {
		await this.#db.delete(this.#clients).where(eq(this.#clients.client, client));
	}
}
