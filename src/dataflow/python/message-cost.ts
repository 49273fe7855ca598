/** What a message of a link takes of an engine's time, as far as is known. */
export interface MessageCost {
	ms: number;
	/** Whether it was ever measured. */
	isKnown: boolean;
}

/** A link, or whatever else messages have their cost from. */
interface Source {
	readonly cost: MessageCost;
}

interface Costly<S extends Source> {
	readonly link: S;
}

/** So that little is risked before the first measurement, and a batch is still worth its way. */
const UNKNOWN_MS = 0.25;
/** Everything costs something: what is estimated grows again by factors. */
const LEAST_MS = 0.001;
/** What is off by less changes no batch by much. */
const TOLERANCE_MS = 0.5;
/** Of a new measurement of what was measured before. */
const WEIGHT = 0.5;

/** The cost of a link that has sent nothing yet. */
export function unknownCost(): MessageCost {
	return { ms: UNKNOWN_MS, isKnown: false };
}

/** What messages are going to take, in milliseconds. */
export function costOf(messages: readonly Costly<Source>[]): number {
	let ms = 0;
	for (const { link } of messages) ms += link.cost.ms;
	return ms;
}

/**
 * Corrects the costs of messages that took so long together. Who of them took it is not known: each is corrected by the
 * same factor, so that links that are estimated too high or too low come apart as their messages meet others.
 * @returns how much more than estimated the messages of each link took, in milliseconds; none where that is little.
 */
export function learnCosts<S extends Source>(
	messages: readonly Costly<S>[],
	ms: number,
): ReadonlyMap<S, number> {
	const expectedMs = costOf(messages);
	const more = new Map<S, number>();
	if (expectedMs === 0 || Math.abs(ms - expectedMs) < TOLERANCE_MS) return more;
	const growth = ms / expectedMs - 1;
	for (const { link } of messages) more.set(link, (more.get(link) ?? 0) + link.cost.ms * growth);
	for (const { cost } of more.keys()) {
		const weight = cost.isKnown ? WEIGHT : 1;
		cost.ms = Math.max(LEAST_MS, cost.ms * (1 + weight * growth));
		cost.isKnown = true;
	}
	return more;
}
