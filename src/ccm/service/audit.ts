import type { Change } from "../../contract/mod.ts";
import type { AuditEntry } from "../store/audit-port.ts";
import type { Person } from "./operation.ts";

/**
 * How a request came: REST v0 and its files, the MQTT API of pages, REST v1, or the command line of this machine. The
 * database, answers and the log have it as `door`.
 */
export type Channel = "rest" | "page" | "v1" | "command line";

/** Entries that are kept, the newest ones. */
export const MAX_AUDIT = 10_000;
/** Longest text of a detail. */
const MAX_TEXT = 100;
/** Kinds of changes that are named. */
const MAX_KINDS = 10;

/** What is told of an operation, where it is in its input or result; nothing else: sources and passwords are too. */
const TOLD = new Set([
	..."do_id dfo_id na_id fn_id fnvt_idx df_id dm_id d_id id u_id mac_addr".split(" "),
	..."p_name newname na_name fn_name df_name dm_name alias_name username".split(" "),
	..."status sim may role is_active is_admin rev seat seats hours".split(" "),
]);

interface Done {
	readonly person: Person;
	readonly channel: Channel;
	readonly operation: string;
	readonly input: Readonly<Record<string, unknown>>;
	readonly result: unknown;
	/** Projects that were changed. */
	readonly changed: ReadonlySet<number>;
	/** ISO 8601, UTC. */
	readonly at: string;
}

/** Who changed what in which project. */
export function auditOf({
	person,
	channel,
	operation,
	input,
	result,
	changed,
	at,
}: Done): AuditEntry {
	const given = typeof result === "object" && result !== null ? { ...result } : {};
	const all: Readonly<Record<string, unknown>> = { ...given, ...input };
	const [only] = changed;
	const named = [input.p_id, all.p_id].find((id) => typeof id === "number");
	const kinds = kindsOf(all.changes);
	return {
		at,
		u_id: person.u_id,
		u_name: person.u_name,
		door: channel,
		operation,
		p_id:
			typeof named === "number" ? named : changed.size === 1 && only !== undefined ? only : null,
		details: {
			...Object.fromEntries(Object.entries(all).flatMap(told)),
			...(kinds.length > 0 && { changes: kinds.join(", ") }),
		},
	};
}

function told([key, value]: [string, unknown]): [string, string | number | boolean][] {
	if (!TOLD.has(key)) return [];
	if (typeof value === "string") return [[key, value.slice(0, MAX_TEXT)]];
	return typeof value === "number" || typeof value === "boolean" ? [[key, value]] : [];
}

/** `set_alias, bind …`: what kinds of changes there were. */
function kindsOf(changes: unknown): string[] {
	if (!Array.isArray(changes)) return [];
	const kinds = new Set(changes.map((change: Partial<Change>) => String(change?.kind)));
	const named = [...kinds].slice(0, MAX_KINDS).map((kind) => kind.slice(0, MAX_TEXT));
	return kinds.size > MAX_KINDS ? [...named, "…"] : named;
}
