import { isReachable } from "../../contract/mod.ts";
import { type Cancel, type Clock, digestOfSource, type Logger, messageOf } from "../../kit/mod.ts";
import type { CsmStore } from "../store/csm-store.ts";
import type { DeviceRecord } from "../store/devices.ts";
import type { ApiClients } from "./api-clients.ts";
import type { PresenceState } from "./presence.ts";
import { type DeviceNews, RecentNews } from "./recent-news.ts";

/** What nodes of a cluster tell each other, each also itself. */
export interface NodeNewsPort {
	/** @throws StorageError */
	tell(news: string): Promise<void>;
	/** Undefined: some may have been missed. @returns what ends it. */
	listen(hear: (news: string | undefined) => void): () => void;
}

export interface SharedDeviceApiDeps {
	readonly news: NodeNewsPort;
	readonly clients: ApiClients;
	readonly store: CsmStore;
	/** Tells a client. */
	readonly announce: (client: string, news: DeviceNews) => void;
	/** Sends the list to all clients. */
	readonly sendLists: () => Promise<void>;
	readonly clock: Clock;
	readonly log: Logger;
}

/** A list of all that a large cluster may have would be a message of hundreds of megabytes. */
const MOST_LISTED = 10_000;
/** What nodes were not told, since a pooler passes on no notices, they see after that. */
const LOOK_MS = 3000;
/** Partitions are taken over several at a time, or one after the other. */
const QUIET_MS = 2000;
/** Told behind a list that all clients got. */
const ALL = "";

/**
 * The device API of one node of a cluster (`csm.md §7`). A list is read from the database, where other nodes' devices are as
 * they were a moment ago. So all nodes are told of it once it is sent, and each sends that client again what has happened to its
 * devices lately: whatever is older than the list, or came before it, is made good.
 */
export class SharedDeviceApi {
	readonly #deps: SharedDeviceApiDeps;
	readonly #recent: RecentNews;
	/** Digests of clients that were sent a list. */
	#listed = new Set<string>();
	/** Whether it may have been any of them. */
	#isAny = false;
	#isWanted = false;
	#working: Promise<void> | undefined;
	#isStopped = false;
	#unlisten: () => void = () => {};
	#cancelLook: Cancel = () => {};
	#cancelLists: Cancel = () => {};

	constructor(deps: SharedDeviceApiDeps) {
		this.#deps = deps;
		this.#recent = new RecentNews(deps.clock);
	}

	/** Follows which clients there are. */
	start(): void {
		this.#unlisten = this.#deps.news.listen((news) => this.#hear(news));
		this.#look();
	}

	async stop(): Promise<void> {
		this.#isStopped = true;
		this.#unlisten();
		this.#cancelLook();
		this.#cancelLists();
		await this.#working;
	}

	/** Something has happened to a device of this node, of which the clients it knows were told. */
	happened(news: DeviceNews): void {
		this.#recent.add(news);
	}

	/** A client was sent the list, or has detached. */
	changed(client: string): Promise<void> {
		return this.#tell(digestOfSource(client));
	}

	/** Devices were taken over from a node that may have died before it could announce or store what happened to them. */
	takenOver(): void {
		if (this.#isStopped) return;
		this.#cancelLists();
		this.#cancelLists = this.#deps.clock.after(QUIET_MS, () => void this.#sendLists());
	}

	/** The devices of all nodes that can be reached, or as many as fit in a list. */
	async list(): Promise<{
		devices: { record: DeviceRecord; presence: PresenceState }[];
		isPartial: boolean;
	}> {
		const { store, log } = this.#deps;
		const onBadRow = (id: string, error: unknown) =>
			log.debug("stored device left out", { da_id: id, reason: messageOf(error) });
		const { records, isAll } = await store.rows.devices.some(MOST_LISTED, onBadRow);
		const devices = records
			.filter(({ acceptProtos }) => isReachable(acceptProtos))
			.map((record) => ({ record, presence: record.isOnline ? "online" : "offline" }) as const);
		return { devices, isPartial: !isAll };
	}

	async #sendLists(): Promise<void> {
		const { sendLists, log } = this.#deps;
		try {
			await sendLists();
			await this.#tell(ALL);
		} catch (error) {
			if (this.#isStopped) return;
			log.warn("cannot send the list of devices yet", { reason: messageOf(error) });
			this.takenOver();
		}
	}

	async #tell(news: string): Promise<void> {
		try {
			await this.#deps.news.tell(news);
		} catch (error) {
			this.#deps.log.warn("cannot tell the other nodes of a client of the device API", {
				reason: messageOf(error),
			});
		}
	}

	#hear(news: string | undefined): void {
		if (news === undefined || news === ALL) this.#isAny = true;
		else this.#listed.add(news);
		this.#wake();
	}

	#look(): void {
		this.#cancelLook = this.#deps.clock.after(LOOK_MS, () => {
			this.#wake();
			this.#look();
		});
	}

	#wake(): void {
		this.#isWanted = true;
		this.#working ??= this.#follow().finally(() => {
			this.#working = undefined;
			// It may have been asked for behind the last look at that.
			if (this.#isWanted && !this.#isStopped) this.#wake();
		});
	}

	/** Reads who is attached, and tells those that need it what has happened lately; never rejects. */
	async #follow(): Promise<void> {
		const { clients, announce, log } = this.#deps;
		while (this.#isWanted && !this.#isStopped) {
			this.#isWanted = false;
			const [listed, isAny] = [this.#listed, this.#isAny];
			[this.#listed, this.#isAny] = [new Set(), false];
			try {
				const fresh = new Set(await clients.load());
				const recent = this.#recent.all();
				const isFor = (client: string) =>
					isAny || fresh.has(client) || (listed.size > 0 && listed.has(digestOfSource(client)));
				for (const client of clients.all) {
					if (isFor(client)) for (const news of recent) announce(client, news);
				}
			} catch (error) {
				for (const digest of listed) this.#listed.add(digest);
				this.#isAny ||= isAny;
				log.debug("cannot read the clients of the device API", { reason: messageOf(error) });
				return;
			}
		}
	}
}
