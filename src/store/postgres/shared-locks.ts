import type { Ask } from "./connection.ts";

/** Of the locks, among all advisory locks of the database. */
const KIND = 0x10c7;
/** Names share so many locks: a database has room for some thousand, of all its transactions together. */
const LOCKS = 256;

/**
 * Locks names until the transaction ends. They are locked in the order of their numbers, by all who do: of two transactions that
 * have several in common one waits for the other, and not each for both.
 * @param ask Of the transaction, which has locked nothing yet.
 */
export async function lockShared(ask: Ask, names: readonly string[]): Promise<void> {
	if (names.length === 0) return;
	const numbers = [...new Set(names.map(numberOf))].toSorted((a, b) => a - b);
	await ask(
		"SELECT pg_advisory_xact_lock($1::int, number) FROM unnest(string_to_array($2, ',')::int[]) AS number",
		[KIND, numbers.join()],
	);
}

function numberOf(name: string): number {
	return Number(Bun.hash.crc32(name) % LOCKS);
}
