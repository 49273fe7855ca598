import { eq } from "drizzle-orm";
import type { Db } from "./db.ts";
import { AnyList, AnyObject, readJson, readJsonOrNull, StringList } from "./rows.ts";
import { devices } from "./schema.ts";

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

/** The devices table. Writing methods belong inside `Store.write`. */
export class DeviceRows {
	readonly #db: Db;

	constructor(db: Db) {
		this.#db = db;
	}

	/** All devices; a row that cannot be read goes to `onBadRow` and stays in the database. */
	all(onBadRow: (id: string, error: unknown) => void): DeviceRecord[] {
		return this.#db
			.select()
			.from(devices)
			.all()
			.flatMap((row) => {
				try {
					return [fromRow(row)];
				} catch (error) {
					onBadRow(row.daId, error);
					return [];
				}
			});
	}

	/** Stores a device, replacing what is there under its id. */
	put(device: DeviceRecord): void {
		const { daId, ...values } = toRow(device);
		this.#db
			.insert(devices)
			.values({ daId, ...values })
			.onConflictDoUpdate({ target: devices.daId, set: values })
			.run();
	}

	/** Notes how long a device has been away, and whether it counts as online. */
	setPresence(
		id: string,
		{ awaySeconds, isOnline }: Pick<DeviceRecord, "awaySeconds" | "isOnline">,
	): void {
		const presence = { awaySeconds, online: isOnline };
		this.#db.update(devices).set(presence).where(eq(devices.daId, id)).run();
	}

	remove(id: string): void {
		this.#db.delete(devices).where(eq(devices.daId, id)).run();
	}
}

function toRow(device: DeviceRecord): typeof devices.$inferInsert {
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
		secretHash: device.secretHash,
		tokenHash: device.token,
		origin: device.origin,
	};
}

function fromRow(row: typeof devices.$inferSelect): DeviceRecord {
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
		secretHash: row.secretHash,
		token: row.tokenHash,
		origin: row.origin,
	};
}
