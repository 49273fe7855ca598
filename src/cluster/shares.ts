/** A node as others see it. */
export interface Holder {
	readonly name: string;
	/** Partitions that are its own. */
	readonly held: number;
}

/** How many partitions a node gives away or wants. */
export interface Balance {
	readonly give: number;
	readonly take: number;
}

/**
 * What a node does so that all have the same number of partitions, one more or less, with as few moves as possible. All
 * nodes decide by themselves from the same rows; where any of several could give one, those whose names come first do.
 * @param me This node, with what it keeps.
 * @param others The other nodes that are fit to have partitions.
 * @param partitions How many there are.
 * @param available How many of them anyone may take, now or soon.
 */
export function balance(
	me: Holder,
	others: readonly Holder[],
	partitions: number,
	available: number,
): Balance {
	const nodes = [me, ...others];
	const least = Math.floor(partitions / nodes.length);
	const most = Math.ceil(partitions / nodes.length);
	const missing = sum(others.map(({ held }) => Math.max(0, least - held)));
	if (me.held < least) return { give: 0, take: least - me.held };
	if (me.held > most) return { give: me.held - most, take: 0 };
	if (me.held < most) return { give: 0, take: available > missing ? 1 : 0 };
	if (most === least) return { give: 0, take: 0 };
	const surplus = sum(others.map(({ held }) => Math.max(0, held - most)));
	const givers = nodes
		.filter(({ held }) => held >= most)
		.map(({ name }) => name)
		.toSorted();
	const isAsked = givers.indexOf(me.name) < missing - available - surplus;
	return { give: isAsked ? 1 : 0, take: 0 };
}

function sum(numbers: readonly number[]): number {
	return numbers.reduce((total, number) => total + number, 0);
}
