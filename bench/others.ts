// All that is measured beside throughput, one after the other.
import { engines } from "./engines.ts";
import { type Finding, part, print } from "./finding.ts";
import { kills } from "./kills.ts";
import { live } from "./live.ts";
import { page } from "./page.ts";
import { onPostgres } from "./postgres.ts";
import { restoring } from "./restore.ts";
import { starting } from "./starting.ts";
import { steady } from "./steady.ts";
import { upkeep } from "./upkeep.ts";

/** How much of it. */
export interface OtherOptions {
	readonly rounds: number;
	/** How long an open editor is looked at. */
	readonly pageSeconds: number;
	readonly withNodeRed: boolean;
}

/** Measures it all, and prints it; 25 minutes. */
export async function besideThroughput(options: OtherOptions): Promise<Finding[]> {
	const { rounds, pageSeconds: seconds, withNodeRed } = options;
	const parts: Readonly<Record<string, () => Promise<readonly Finding[]>>> = {
		start: starting,
		upkeep,
		"little traffic": steady,
		"stored graphs": restoring,
		engines,
		kills: async () => [await kills()],
		PostgreSQL: onPostgres,
		"projects that are watched": live,
		"the editor": () => page({ seconds, rounds, withNodeRed }),
	};
	const all: Finding[] = [];
	for (const [what, work] of Object.entries(parts)) {
		const failed = { what, measured: "failed", target: "–", isMet: false };
		const found = (await part(what, work)) ?? [failed];
		print(found);
		all.push(...found);
	}
	return all;
}
