import type { Block, ProjectDocument } from "../../contract/mod.ts";
import { isUuid, type Logger, messageOf } from "../../kit/mod.ts";
import { changeQuietly } from "../service/quiet-change.ts";
import type { InvitationRecord } from "../store/invitation-port.ts";
import type { CcmTables } from "../store/port.ts";
import type { CodeThrottle } from "./code-throttle.ts";
import { featuresOf, listed, phoneName } from "./member-info.ts";
import type { RunningClock } from "./running-clock.ts";
import { type Hearing, tellingWork } from "./telling-work.ts";
import type { NewWebDevice, WebDevices } from "./web-devices.ts";

/** Pages whose seat is remembered for when they ask again. */
const MAX_PAGES = 10_000;

export interface JoiningDeps extends Hearing {
	readonly running: Pick<RunningClock, "now">;
	readonly throttle: CodeThrottle;
	/** Hash of a code. */
	readonly hashOf: (code: string) => string;
	/** Undefined: CSM is another process. */
	readonly webDevices: () => WebDevices | undefined;
	/** A new random UUID. */
	readonly newId: () => string;
	/** A wrong code came. */
	readonly onWrong: () => void;
	readonly log: Logger;
}

/** What a code opens. */
export interface Place {
	readonly p_id: number;
	readonly do_id: number;
	readonly project: string;
	readonly model: string;
	readonly isFull: boolean;
}

/** Which page of which machine asks. */
export interface Asking {
	/** By its cookie. */
	readonly page: string | undefined;
	readonly address: string;
}

export type Look =
	| { readonly kind: "open"; readonly place: Place }
	| { readonly kind: "wrong" }
	/** It was a code. */
	| { readonly kind: "ended" }
	| { readonly kind: "slow"; readonly seconds: number };

/** A phone's device, with the password that is its cookie. */
export interface OwnSeat {
	readonly da_id: string;
	readonly password: string;
}

export type Joined =
	| ({ readonly kind: "joined" } & OwnSeat)
	/** There is no seat left; the code has ended meanwhile; the server cannot do it now. */
	| { readonly kind: "full" | "ended" | "failed" };

/** Lets phones join by code: each gets a device, a seat and a binding. */
export class Joining {
	readonly #deps: JoiningDeps;
	/** Seats that are being taken, by block. */
	readonly #taking = new Map<number, Set<number>>();
	/** By page and block: an answer may be lost on its way, and a button pressed twice. */
	readonly #joins = new Map<string, Promise<Joined>>();

	constructor(deps: JoiningDeps) {
		this.#deps = deps;
	}

	/** What a code opens. @param code As it is drawn: what cannot be one is not counted as a guess. */
	async look(code: string, { page, address }: Asking): Promise<Look> {
		const { store, throttle, hashOf, running, onWrong, log } = this.#deps;
		const early = throttle.waitOf(page, address);
		if (early > 0) return slow(early);
		const code_hash = hashOf(code);
		const found = await store.read(async (tables) => {
			const [record] = await tables.invitations.list({ code_hash });
			return record && { record, ...(await blockOf(tables, record)) };
		});
		// Others may have guessed meanwhile; from here on nothing comes in between.
		const waitMs = throttle.waitOf(page, address);
		if (waitMs > 0) return slow(waitMs);
		if (found === undefined) {
			throttle.wrong(page, address);
			onWrong();
			log.warn("a wrong code to join", { address });
			return { kind: "wrong" };
		}
		const { record, project, block } = found;
		const isOver = record.ends_at <= running.now();
		if (isOver || project === undefined || block === undefined) return { kind: "ended" };
		const { p_id, do_id } = record;
		const isFull = this.#freeSeat(block) === undefined;
		return {
			kind: "open",
			place: { p_id, do_id, project: project.p_name, model: block.dm_name, isFull },
		};
	}

	/** The seat a phone has on a block by what its cookie says; undefined: none. */
	async seatOf({ do_id }: Place, shown: OwnSeat): Promise<OwnSeat | undefined> {
		const { da_id, password } = shown;
		if (!isUuid(da_id)) return undefined;
		const [seat] = await this.#deps.store.read(({ seats }) => seats.list({ da_id }));
		if (seat?.do_id !== do_id) return undefined;
		const isOwn = await this.#deps.webDevices()?.isPassword(da_id, password);
		return isOwn === true ? shown : undefined;
	}

	/** The seat a page has taken, whose answer may be lost. */
	async takenBy(place: Place, page: string | undefined): Promise<OwnSeat | undefined> {
		if (page === undefined) return undefined;
		const joined = await this.#joins.get(keyOf(page, place))?.catch(() => undefined);
		return joined?.kind === "joined" ? this.seatOf(place, joined) : undefined;
	}

	/** Takes the lowest free seat; a page that asks again has the one it took. */
	join(place: Place, nickname: string, page: string | undefined): Promise<Joined> {
		if (page === undefined) return this.#take(place, nickname);
		const key = keyOf(page, place);
		const joined = this.#again(place, nickname, this.#joins.get(key));
		this.#joins.delete(key);
		this.#joins.set(key, joined);
		const [oldest] = this.#joins.keys();
		if (this.#joins.size > MAX_PAGES && oldest !== undefined) this.#joins.delete(oldest);
		return joined;
	}

	async #again(place: Place, nickname: string, before?: Promise<Joined>): Promise<Joined> {
		const known = await before?.catch(() => undefined);
		const isThere = known?.kind === "joined" && (await this.seatOf(place, known)) !== undefined;
		return isThere ? known : this.#take(place, nickname);
	}

	async #take(place: Place, nickname: string): Promise<Joined> {
		const devices = this.#deps.webDevices();
		if (devices === undefined) return { kind: "failed" };
		const { store, running, newId, onNews, log } = this.#deps;
		const { p_id, do_id } = place;
		const found = await store.read((tables) => roomIn(tables, place));
		if (found === undefined) return { kind: "ended" };
		const seat = this.#freeSeat(found.block);
		if (seat === undefined) {
			log.info("a class is full", { p_id, do_id });
			return { kind: "full" };
		}
		const taking = this.#taking.get(do_id) ?? new Set();
		this.#taking.set(do_id, taking.add(seat));
		const da_id = newId();
		try {
			// Where the server is killed before the seat is kept, its next start deregisters the device.
			const former = { da_id, why: "removed", since: running.now() } as const;
			await store.write(({ formerSeats }) => formerSeats.add(former));
			const { password } = await devices.register(deviceFor(found, da_id, seat));
			const taken = await this.#keep(place, { da_id, seat, nickname });
			if (typeof taken === "number") {
				log.info("a phone has joined", { p_id, do_id, seat: taken, da_id });
				return { kind: "joined", da_id, password };
			}
			await devices.remove(da_id);
			return { kind: taken };
		} catch (error) {
			log.error("a phone cannot join", { p_id, reason: messageOf(error) });
			// As one whose seat has ended, it is removed as soon as that is possible.
			const left = { kind: "invitation", p_id, do_id, left: [da_id] } as const;
			await devices.remove(da_id).catch(() => onNews(left));
			return { kind: "failed" };
		} finally {
			taking.delete(seat);
			if (taking.size === 0) this.#taking.delete(do_id);
		}
	}

	/** @returns the seat, which is another one where that was taken meanwhile. */
	#keep(
		{ p_id, do_id }: Place,
		{ da_id, seat: wanted, nickname }: { da_id: string; seat: number; nickname: string },
	): Promise<number | "full" | "ended"> {
		return tellingWork(this.#deps, async (call) => {
			const { tables } = call;
			const code = await tables.invitations.get(do_id);
			if (code === undefined || code.ends_at <= this.#deps.running.now()) return "ended";
			const { project, block } = await blockOf(tables, code);
			if (project === undefined || block === undefined) return "ended";
			const seat = isFree(block, wanted) ? wanted : this.#freeSeat(block);
			if (seat === undefined) return "full";
			await tables.formerSeats.remove({ da_id });
			await tables.seats.add({ da_id, p_id, do_id, seat, nickname });
			await changeQuietly(call, project, [{ kind: "bind", do_id, mac_addr: da_id, seat }]);
			call.tell({ kind: "invitation", p_id, do_id });
			return seat;
		});
	}

	/** The lowest one; undefined: there is none. */
	#freeSeat(block: Block): number | undefined {
		const taking = this.#taking.get(block.do_id);
		for (let seat = 0; seat < (block.seats ?? 0); seat++) {
			if (isFree(block, seat) && taking?.has(seat) !== true) return seat;
		}
		return undefined;
	}
}

function keyOf(page: string, { do_id }: Place): string {
	return `${page} ${do_id}`;
}

function slow(ms: number): Look {
	return { kind: "slow", seconds: Math.ceil(ms / 1000) };
}

function isFree({ bindings, seats }: Block, seat: number): boolean {
	return seat < (seats ?? 0) && !bindings.some((binding) => binding.seat === seat);
}

async function blockOf(
	tables: CcmTables,
	{ p_id, do_id }: Pick<InvitationRecord, "p_id" | "do_id">,
): Promise<{ project: ProjectDocument | undefined; block: Block | undefined }> {
	const project = await tables.projects.get(p_id);
	return { project, block: project?.blocks.find((block) => block.do_id === do_id) };
}

/** What a device for a block is made of. */
async function roomIn(tables: CcmTables, place: Place) {
	const { project, block } = await blockOf(tables, place);
	if (project === undefined || block === undefined) return undefined;
	const features = await featuresOf(tables, block);
	const owner = (await tables.people.byId(project.u_id))?.name;
	return { block, features, owner };
}

type Room = NonNullable<Awaited<ReturnType<typeof roomIn>>>;

function deviceFor({ block, features, owner }: Room, da_id: string, seat: number): NewWebDevice {
	return {
		...{ da_id, name: phoneName(block, seat), model: block.dm_name },
		idf_list: listed(features, "input"),
		odf_list: listed(features, "output"),
		...(owner !== undefined && { owner }),
	};
}
