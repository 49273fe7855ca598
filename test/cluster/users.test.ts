import { expect, test } from "bun:test";
import type { PartitionUser } from "../../src/cluster/owned-partitions.ts";
import { Users } from "../../src/cluster/users.ts";

test("the project manager hears of its own lease, and everything else of all others", async () => {
	const told: string[] = [];
	const noting = (who: string): PartitionUser => ({
		gained: ({ partition }) => told.push(`${who} gained ${partition}`),
		release: async ({ partition }) => void told.push(`${who} release ${partition}`),
		lost: ({ partition }) => told.push(`${who} lost ${partition}`),
	});
	const users = new Users(noting("others"));
	// A node without a project manager takes none; what a former run had has no user.
	users.gained({ partition: -2, token: 1 });
	users.setProjects(noting("projects"));
	for (const partition of [-2, -1, 3]) {
		const lease = { partition, token: 2 };
		users.gained(lease);
		await users.release(lease);
		users.lost(lease);
	}
	expect(told).toEqual(
		[
			["projects", -2],
			["others", -1],
			["others", 3],
		].flatMap(([who, id]) => [`${who} gained ${id}`, `${who} release ${id}`, `${who} lost ${id}`]),
	);
});
