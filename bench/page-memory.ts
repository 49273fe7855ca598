// What the project manager and its editor add to the server's memory.
import { spawnBinary, startBinary } from "../test/support/target.ts";
import { atMost, type Finding, MB_PER_MIB, middle } from "./finding.ts";
import { anonymousMiB, residentMiB } from "./servers.ts";

const IDLE_MS = 5000;

/** Memory of `start` that is in no file, less that of `start csm`, with nothing to do. */
export async function idleMemory(rounds: number): Promise<Finding> {
	const differences: { readonly anonymous: number; readonly resident: number }[] = [];
	for (let n = 0; n < rounds; n++) {
		const csm = await idle(["csm"]);
		const all = await idle([]);
		differences.push({
			anonymous: all.anonymous - csm.anonymous,
			resident: all.resident - csm.resident,
		});
	}
	const median = (of: (one: (typeof differences)[number]) => number) =>
		middle(differences.map(of)) * MB_PER_MIB;
	const resident = median((one) => one.resident).toFixed(1);
	return atMost(
		"idle memory of iotctl start over start csm, anonymous (resident)",
		median((one) => one.anonymous),
		15,
		{ unit: "MB", digits: 1, more: ` (${resident})` },
	);
}

async function idle(servers: readonly string[]) {
	// A database that is there: the first start makes it.
	const first = await startBinary();
	await first.stop();
	const started = await spawnBinary(`${first.userdir}/test.ini`, {}, [], servers);
	await Bun.sleep(IDLE_MS);
	const { pid } = started.process;
	const found = { anonymous: anonymousMiB(pid), resident: residentMiB(pid) };
	await started.stop();
	await first.dispose();
	return found;
}
