import { count, desc, eq, sql } from "drizzle-orm";
import {
	checkRow,
	type Db,
	onFirstUse,
	preparePut,
	readJson,
	readJsonOrNull,
} from "../../store/mod.ts";
import { AnyList, AnyObject, StringList } from "./json-shapes.ts";
import type { CsmTables } from "./tables.ts";

/** A registered device application, as stored (`csm.md §2.2`). */
export interface DeviceRecord {
	/** UUID in lowercase. */
	readonly id: string;
	/** Token of the current registration. */
	readonly rev: string;
	readonly name: string;
	readonly acceptProtos: readonly string[];
	readonly idfList: readonly unknown[] | null;
	readonly odfList: readonly unknown[] | null;
	readonly profile: Readonly<Record<string, unknown>>;
	/** Unix time of the first registration, in seconds. */
	readonly registerTime: number;
	/**
	 * How long the device has been away while a server ran, as of the last checkpoint; only the expiry after a
	 * restart needs it.
	 */
	readonly awaySeconds: number;
	/** Whether it counted as online then. */
	readonly isOnline: boolean;
	/** When that was: Unix time by the database's clock, in seconds. Only where a node of a cluster has stored it. */
	readonly presenceAt?: number | undefined;
	/** SHA-256 of the device's password in hex; null when it has none. */
	readonly secretHash: string | null;
	/**
	 * SHA-256 in hex of the token it was registered with; null when it needed none. A token's name may be used again
	 * for another one.
	 */
	readonly token: string | null;
	/**
	 * Origin of the page it was registered from while logins were off, `null` (the text) for a page without one; null
	 * for devices that no such page registered.
	 */
	readonly origin: string | null;
}

type Devices = CsmTables["devices"];

/** The devices table. Writing methods belong inside `CsmStore.write`. */
export class DeviceRows {
	readonly #db: Db;
	readonly #devices: Devices;
	/** Prepared, since devices come by the thousand. */
	readonly #put: (row: Devices["$inferSelect"]) => Promise<void>;
	readonly #setPresence: () => ReturnType<typeof prepareSetPresence>;

	constructor(db: Db, { devices }: CsmTables) {
		this.#db = db;
		this.#devices = devices;
		this.#put = preparePut(db, devices, [devices.daId]);
		this.#setPresence = onFirstUse(() => prepareSetPresence(db, devices));
	}

	/** All devices; a row that cannot be read goes to `onBadRow` and stays in the database. */
	async all(onBadRow: (id: string, error: unknown) => void): Promise<DeviceRecord[]> {
		return this.#read(await this.#db.select().from(this.#devices), onBadRow);
	}

	/** So many devices at most: those that are online first, then those that were registered last. */
	async some(
		most: number,
		onBadRow: (id: string, error: unknown) => void,
	): Promise<{ records: DeviceRecord[]; isAll: boolean }> {
		const { online, registerTime } = this.#devices;
		const rows = await this.#db
			.select()
			.from(this.#devices)
			.orderBy(desc(online), desc(registerTime))
			.limit(most + 1);
		const records = this.#read(rows.slice(0, most), onBadRow);
		return { records, isAll: rows.length <= most };
	}

	/** How many there are. */
	async count(): Promise<number> {
		const [found] = await this.#db.select({ n: count() }).from(this.#devices);
		return found?.n ?? 0;
	}

	/** Hash of a device's password, null when it has none, undefined for an unknown device. */
	async secretHashOf(id: string): Promise<string | null | undefined> {
		const { secretHash, daId } = this.#devices;
		const [row] = await this.#db.select({ secretHash }).from(this.#devices).where(eq(daId, id));
		return row?.secretHash;
	}

	/** Stores a device, replacing what is there under its id. */
	async put(device: DeviceRecord): Promise<void> {
		await this.#put(toRow(device));
	}

	/** Notes how long a device has been away, and whether it counts as online. */
	async setPresence(
		id: string,
		presence: Pick<DeviceRecord, "awaySeconds" | "isOnline" | "presenceAt">,
	): Promise<void> {
		const { awaySeconds, isOnline: online, presenceAt = null } = presence;
		await this.#setPresence().execute({ id, awaySeconds, online, presenceAt });
	}

	async remove(id: string): Promise<void> {
		await this.#db.delete(this.#devices).where(eq(this.#devices.daId, id));
	}

	#read(
		rows: readonly Devices["$inferSelect"][],
		onBadRow: (id: string, error: unknown) => void,
	): DeviceRecord[] {
		return rows.flatMap((row) => {
			try {
				checkRow(this.#devices, row);
				return [fromRow(row)];
			} catch (error) {
				onBadRow(row.daId, error);
				return [];
			}
		});
	}
}

function prepareSetPresence(db: Db, devices: Devices) {
	return db
		.update(devices)
		.set({
			awaySeconds: sql`${sql.placeholder("awaySeconds")}`,
			online: sql`${sql.placeholder("online")}`,
			presenceAt: sql`${sql.placeholder("presenceAt")}`,
		})
		.where(eq(devices.daId, sql.placeholder("id")))
		.prepare();
}

function toRow(device: DeviceRecord): Devices["$inferSelect"] {
	return {
		daId: device.id,
		rev: device.rev,
		name: device.name,
		acceptProtos: JSON.stringify(device.acceptProtos),
		idfList: device.idfList && JSON.stringify(device.idfList),
		odfList: device.odfList && JSON.stringify(device.odfList),
		profile: JSON.stringify(device.profile),
		registerTime: device.registerTime,
		awaySeconds: device.awaySeconds,
		online: device.isOnline,
		presenceAt: device.presenceAt ?? null,
		secretHash: device.secretHash,
		tokenHash: device.token,
		origin: device.origin,
	};
}

function fromRow(row: Devices["$inferSelect"]): DeviceRecord {
	return {
		id: row.daId,
		rev: row.rev,
		name: row.name,
		acceptProtos: readJson(StringList, row.acceptProtos, "accept_protos"),
		idfList: readJsonOrNull(AnyList, row.idfList, "idf_list"),
		odfList: readJsonOrNull(AnyList, row.odfList, "odf_list"),
		profile: readJson(AnyObject, row.profile, "profile"),
		registerTime: row.registerTime,
		awaySeconds: row.awaySeconds,
		isOnline: row.online,
		...(row.presenceAt !== null && { presenceAt: row.presenceAt }),
		secretHash: row.secretHash,
		token: row.tokenHash,
		origin: row.origin,
	};
}
