import type { Registration } from "../../contract/mod.ts";
import { type Clock, InputError, pythonText } from "../../kit/mod.ts";
import { SharedRoom } from "../shared-room.ts";
import type { CsmStore } from "../store/csm-store.ts";
import type { DeviceRecord, DeviceRows } from "../store/devices.ts";
import type { StoredPresence } from "./expiry.ts";
import { NamePool, numbered } from "./name-pool.ts";

/** What a device proves with that it is itself, and where it was registered from. */
export type DeviceLogin = Pick<DeviceRecord, "secretHash" | "token" | "origin">;

/** What the nodes of a cluster decide together about devices. */
export interface SharedRegistry {
	/** Whether a device, registered or not, is this node's, with all that is stored of it. */
	isOurs(id: string): boolean;
	readonly names: {
		/** A number for which no device of any node has the name `NN.MODEL`. @throws StorageError */
		next(model: string): Promise<number>;
	};
}

interface DeviceRecordsDeps {
	/** How many devices are registered. */
	readonly registered: () => number;
	/** Of a node of a cluster. */
	readonly shared: SharedRegistry | undefined;
	readonly clock: Clock;
}

/** Called in the order of the database's jobs: the record is in effect, also when the disk did not confirm it. */
type Saved = (record: DeviceRecord) => void;

/** Stores registrations; which name and whether there is room for one is decided inside the database's job. */
export class DeviceRecords {
	readonly #limits: { readonly maxDevices: number };
	readonly #store: CsmStore;
	readonly #registered: () => number;
	readonly #names = new NamePool();
	/** Ids of new devices that are being stored: they count as registered. */
	readonly #entering = new Set<string>();
	readonly #shared: SharedRegistry | undefined;
	readonly #room: SharedRoom;

	/** @param limits Read at each registration: a reload of the configuration may change them. */
	constructor(limits: { readonly maxDevices: number }, store: CsmStore, deps: DeviceRecordsDeps) {
		this.#limits = limits;
		this.#store = store;
		this.#registered = deps.registered;
		this.#shared = deps.shared;
		this.#room = new SharedRoom(deps.clock);
	}

	/** Stored devices; their names are in use from now on. @param isOurs Whether a device is for this server. */
	async load(
		onBadRow: (id: string, error: unknown) => void,
		isOurs: (id: string) => boolean,
	): Promise<DeviceRecord[]> {
		const all = await this.#store.rows.devices.all((id, error) => {
			if (isOurs(id)) onBadRow(id, error);
		});
		const now = this.#store.databaseTime;
		const stored = all.filter(({ id }) => isOurs(id)).map((record) => asOf(record, now));
		for (const { name } of stored) this.#names.claim(name);
		return stored;
	}

	/** Another server has the device from now on. */
	drop({ name }: DeviceRecord): void {
		this.#names.release(name);
	}

	/**
	 * In a cluster a registration gets the name that it lacks before it is stored: in a unit of work numbers of several models
	 * would be waited for in any order.
	 * @throws StorageError
	 */
	async named(registration: Registration, known: DeviceRecord | undefined): Promise<Registration> {
		const hasName = (registration.name ?? known?.name) !== undefined;
		if (this.#shared === undefined || hasName) return registration;
		const model = pythonText(registration.profile.model);
		return { ...registration, name: numbered(await this.#shared.names.next(model), model) };
	}

	/**
	 * Stores a device, or the next registration of one that is known.
	 * @throws InputError when there is no room for another device.
	 */
	put(
		id: string,
		known: DeviceRecord | undefined,
		registration: Registration & DeviceLogin,
		saved: Saved,
	): Promise<DeviceRecord> {
		return this.#save(id, known, saved, () => {
			if (known === undefined && this.#shared === undefined) this.#enter(id);
			const name = this.#claimName(registration, known);
			const registerTime = known?.registerTime ?? Date.now() / 1000;
			const rev = crypto.randomUUID();
			return { ...registration, id, rev, name, registerTime, awaySeconds: 0, isOnline: false };
		});
	}

	/** Stores changed parts of a registration. */
	change(
		known: DeviceRecord,
		changes: Partial<Registration>,
		presence: () => StoredPresence,
		saved: Saved,
	): Promise<DeviceRecord> {
		return this.#save(known.id, known, saved, () => {
			const name = changes.name ?? known.name;
			this.#names.claim(name);
			return { ...known, ...changes, ...presence(), name };
		});
	}

	async remove({ id, name }: DeviceRecord, removed: () => void): Promise<void> {
		const committed = () => {
			this.#names.release(name);
			removed();
		};
		await this.#store.write(({ devices }) => devices.remove(id), { committed }, [id]);
	}

	#enter(id: string): void {
		const { maxDevices } = this.#limits;
		if (this.#registered() + this.#entering.size >= maxDevices) this.#refuse(maxDevices);
		this.#entering.add(id);
	}

	async #needSharedRoom(devices: DeviceRows): Promise<void> {
		const { maxDevices } = this.#limits;
		if (!(await this.#room.isThere(maxDevices, () => devices.count()))) this.#refuse(maxDevices);
	}

	#refuse(maxDevices: number): never {
		throw new InputError(`too many devices: ${maxDevices} are registered already`);
	}

	#claimName({ name, profile }: Registration, known: DeviceRecord | undefined): string {
		const kept = name ?? known?.name;
		if (kept === undefined) return this.#names.generate(pythonText(profile.model));
		this.#names.claim(kept);
		return kept;
	}

	/**
	 * Stores a record; the loser of old and new name is released.
	 * @param make Claims the record's name, as the last thing that may fail.
	 */
	#save(
		id: string,
		former: DeviceRecord | undefined,
		saved: Saved,
		make: () => DeviceRecord,
	): Promise<DeviceRecord> {
		let made: DeviceRecord | undefined;
		return this.#store.write(
			async ({ devices }) => {
				if (former === undefined && this.#shared !== undefined) await this.#needSharedRoom(devices);
				made = make();
				await devices.put({ ...made, presenceAt: this.#store.databaseTime });
				return made;
			},
			{
				committed: (record) => {
					if (former !== undefined) this.#names.release(former.name);
					this.#entering.delete(id);
					saved(record);
				},
				undone: () => {
					if (made !== undefined) this.#names.release(made.name);
					made = undefined;
					this.#entering.delete(id);
				},
			},
			[id],
		);
	}
}

/**
 * A device as it is by now. In a cluster the database's clock counts how long one is away, on any node, and
 * also while no node ran.
 * @param now Undefined: the server is alone.
 */
function asOf(record: DeviceRecord, now: number | undefined): DeviceRecord {
	const { awaySeconds, isOnline, presenceAt } = record;
	if (now === undefined || presenceAt === undefined || isOnline) return record;
	return { ...record, awaySeconds: awaySeconds + Math.max(0, now - presenceAt) };
}
