// Codes by which phones join, and the seats they have, as services see them; see port.ts. Times are milliseconds of running
// time, which a machine's clock has no part in.
import type { MemberEnd } from "../../contract/mod.ts";

/** The code of a block; it stays known for a while after its end. */
export interface InvitationRecord {
	/** Its device object. */
	readonly do_id: number;
	readonly p_id: number;
	readonly code_hash: string;
	readonly ends_at: number;
}

/** A phone with a seat. */
export interface SeatRecord {
	/** Id of its device. */
	readonly da_id: string;
	readonly p_id: number;
	readonly do_id: number;
	/** As it was given, from 0. */
	readonly seat: number;
	/** Empty: none. */
	readonly nickname: string;
}

/** A phone that had one. */
export interface FormerSeat {
	readonly da_id: string;
	readonly why: MemberEnd;
	readonly since: number;
}

/** How long servers with this database have run, as far as it was kept. */
export interface RunningTime {
	/** Milliseconds. */
	get(): Promise<number>;
	/** Keeps it; only in a unit of work. */
	put(ms: number): Promise<void>;
}
