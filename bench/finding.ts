// A line of the results that is not a ratio of rates.

export interface Finding {
	readonly what: string;
	readonly measured: string;
	readonly target: string;
	/** Whether it is what the target asks for; undefined without a target. */
	readonly isMet?: boolean;
}

/** Bytes are counted in MiB; targets in MB. */
export const MB_PER_MIB = 1.048576;

/** How a measured number is shown. */
interface Shown {
	readonly unit: string;
	readonly digits?: number;
	/** What stands behind it, such as the range. */
	readonly more?: string;
}

/** Something that may not be larger than `limit`, in the same unit. */
export function atMost(what: string, value: number, limit: number, shown: Shown): Finding {
	return limited(what, value, ["≤", limit], shown, value <= limit);
}

/** Something that may not be smaller than `limit`, in the same unit. */
export function atLeast(what: string, value: number, limit: number, shown: Shown): Finding {
	return limited(what, value, ["≥", limit], shown, value >= limit);
}

function limited(
	what: string,
	value: number,
	[sign, limit]: readonly [string, number],
	{ unit, digits = 0, more = "" }: Shown,
	isMet: boolean,
): Finding {
	const number = value.toLocaleString("en", {
		minimumFractionDigits: digits,
		maximumFractionDigits: digits,
	});
	const target = `${sign} ${limit.toLocaleString("en")} ${unit}`.trim();
	return { what, measured: `${number} ${unit}`.trim() + more, target, isMet };
}

/** The median. */
export function middle(values: readonly number[]): number {
	return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** Prints findings as the programs of this folder do. */
export function print(findings: readonly Finding[]): void {
	for (const { what, measured, target, isMet } of findings) {
		console.log(`${what}: ${measured} (${target})${isMet === false ? " not reached" : ""}`);
	}
}

/** A part that fails does not take what others measured along: its trouble is printed, and it has no result. */
export async function part<T>(name: string, work: () => Promise<T>): Promise<T | undefined> {
	try {
		return await work();
	} catch (error) {
		console.error(`${name} failed: ${error instanceof Error ? error.message : error}`);
		return undefined;
	}
}
