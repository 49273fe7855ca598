// Templates of the compiled binary: their outputs carry values before any device comes, and go on with a real one.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { ProjectDocument } from "../../src/contract/ccm-documents.ts";
import type { ProjectParts } from "../../src/contract/ccm-parts.ts";
import { ProjectServer, type WebPerson } from "../support/project-server.ts";
import { LONG_DEADLINE_MS } from "../support/waiting.ts";

let server: ProjectServer;
let ann: WebPerson;
beforeAll(async () => {
	server = await ProjectServer.start();
	ann = await server.person("ann");
});
afterAll(() => server.dispose());

test(
	"each template shows values of its output on the wire, with simulated devices",
	async () => {
		const { templates } = await ann.ok("GET", "/api/v1/templates");
		const names = (templates as { name: string }[]).map(({ name }) => name);
		expect(names).toEqual([
			...["class-lamp", "thermometer", "shake-counter"],
			...["quiz-buttons", "traffic-light", "music-wall"],
		]);
		for (const name of names) {
			const { p_id } = await ann.ok("POST", `/api/v1/templates/${name}`, { lang: "zh" });
			const reader = await ann.events(Number(p_id));
			const { document } = await reader.next("project");
			const outputs = outputsOf(document);
			// Before the join's function is set, the output gets the list of what its inputs send.
			await reader.next("values", (all) =>
				all.some(({ dfo_id, value }) => outputs.includes(dfo_id ?? 0) && /^\[["\d-]/.test(value)),
			);
			await reader.leave();
		}
	},
	3 * LONG_DEADLINE_MS,
);

function outputsOf({ blocks }: ProjectDocument): number[] {
	const ports = blocks.flatMap((block) => block.ports);
	return ports.flatMap(({ dfo_id, df_type }) => (df_type === "output" ? [dfo_id] : []));
}

test(
	"each input of a join shows its values, though simulated devices send all at once",
	async () => {
		const { data } = await ann.ok("GET", "/api/v0/devicemodel/Smartphone");
		const { dm_id, df_list } = data as {
			readonly dm_id: number;
			readonly df_list: readonly { readonly df_id: number; readonly df_name: string }[];
		};
		const named = (...names: string[]) =>
			names.map((name) => df_list.find(({ df_name }) => df_name === name)?.df_id ?? 0);
		const { p_id } = await ann.ok("PUT", "/api/v0/project", { p_name: "together" });
		const path = `/api/v1/projects/${p_id}`;
		const change = async (...changes: object[]) =>
			(await ann.ok("POST", `${path}/changes`, { base_rev: 0, changes })).parts as ProjectParts;
		const df_ids = named("Acceleration-I", "Gyroscope-I", "Display-O");
		const { blocks = [] } = await change({ kind: "add_block", dm_id, df_ids });
		const dfo_ids = blocks.flatMap(({ ports }) => ports.map(({ dfo_id }) => dfo_id));
		const { functions } = await ann.ok("GET", "/api/v1/functions");
		const scalar = (functions as { fn_id: number; fn_name: string }[]).find(
			({ fn_name }) => fn_name === "scalar",
		);
		const added = await change({ kind: "add_join", na_name: "both", na_idx: 0, dfo_ids });
		const na_id = added.joins?.[0]?.na_id;
		// With functions the engine takes them together, and tells of the last one only.
		const functionOf = (dfo_id: number | undefined) => {
			return { kind: "set_link_param", na_id, dfo_id, param_i: 0, fn_id: scalar?.fn_id };
		};
		await change(
			...dfo_ids.slice(0, 2).map(functionOf),
			{ kind: "set_simulation", sim: "on" },
			{ kind: "set_status", status: "on" },
		);
		const reader = await ann.events(Number(p_id));
		for (const dfoId of dfo_ids.slice(0, 2)) {
			await reader.next("values", (all) => all.some(({ dfo_id }) => dfo_id === dfoId));
			await reader.next("values", (all) => all.some(({ dfo_id }) => dfo_id === dfoId));
		}
		await reader.leave();
	},
	2 * LONG_DEADLINE_MS,
);
