// A server is killed in the middle of its work, again and again, on one database.
import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openCcmDatabase } from "../../support/ccm-store.ts";

const WRITER = join(import.meta.dir, "../support/store-writer.ts");
const KILLS = 8;

interface Kept {
	readonly p_id: number;
	readonly dfo_id: number;
	readonly na_id: number;
	readonly fn_id: number;
}

/** Lets a writer work until it has said so many lines, then kills it. @returns all it said. */
async function writeUntilKilled(folder: string, lines: number): Promise<Kept[]> {
	const writer = Bun.spawn([process.execPath, WRITER, folder], {
		stdout: "pipe",
		stderr: "inherit",
	});
	let text = "";
	for await (const chunk of writer.stdout.pipeThrough(new TextDecoderStream())) {
		text += chunk;
		if (text.split("\n").length > lines) writer.kill("SIGKILL");
	}
	await writer.exited;
	// The last line may be cut.
	return text
		.split("\n")
		.slice(0, -1)
		.map((line): Kept => JSON.parse(line));
}

test("what was said to be kept is there after a kill, whole, and no id is given again", async () => {
	const folder = mkdtempSync(join(tmpdir(), "iotctl-ccm-kill-"));
	const kept: Kept[] = [];
	for (let kill = 0; kill < KILLS; kill++) {
		kept.push(...(await writeUntilKilled(folder, 2 + kill * 7)));
		const { store, ccm } = openCcmDatabase(folder);
		await ccm.read(async (tables) => {
			const projects = await tables.projects.list();
			const ids = new Set(projects.map(({ p_id }) => p_id));
			expect(kept.filter(({ p_id }) => !ids.has(p_id))).toEqual([]);
			// Of what was not answered there is all or nothing.
			for (const { p_id, blocks, joins } of projects) {
				const dfo = blocks[0]?.ports[0]?.dfo_id ?? 0;
				expect((await tables.holderOf("dfo", dfo))?.p_id).toBe(p_id);
				const fn = joins[0]?.links[0]?.params[0]?.fn_id ?? 0;
				expect((await tables.functions.get(fn))?.versions[0]?.code).toBe(`# ${p_id}`);
				expect(await tables.undo.list({ p_id })).toHaveLength(1);
				expect(await tables.graphs.list({ graph: String(joins[0]?.na_id) })).toHaveLength(1);
			}
			expect(await tables.functions.list()).toHaveLength(projects.length);
		});
		await store.close();
	}
	for (const key of ["p_id", "dfo_id", "na_id", "fn_id"] as const) {
		expect(new Set(kept.map((one) => one[key])).size).toBe(kept.length);
	}
	rmSync(folder, { recursive: true });
});
