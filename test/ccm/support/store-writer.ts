// Writes projects until it is killed, and says which are kept: `bun store-writer.ts DIRECTORY`.
import { openCcmDatabase } from "../../support/ccm-store.ts";
import { block, join, link, port, project } from "./documents.ts";

const { ccm } = openCcmDatabase(process.argv[2] ?? "");

async function writeOne(): Promise<string> {
	return ccm.write(async ({ projects, functions, undo, graphs, newId }) => {
		const [p_id, do_id, dfo_id, na_id] = [newId("p"), newId("do"), newId("dfo"), newId("na")];
		const fn_id = newId("fn");
		const versions = [{ fnvt_idx: newId("fnvt"), u_id: 1, date: "d", code: `# ${p_id}` }];
		await functions.put({
			fn_id,
			fn_name: `f${fn_id}`,
			pinned: [],
			is_protect: false,
			u_id: 1,
			versions,
		});
		const blocks = [block(do_id, p_id, [port({ dfo_id, df_name: "A-I" })])];
		const joins = [join(na_id, [link(dfo_id, fn_id)])];
		await projects.put(project(blocks, joins, { p_id, p_name: `p${p_id}` }));
		await undo.add({
			p_id,
			u_id: 1,
			rev: 1,
			inverse: [{ kind: "remove_block", do_id }],
			redo: [],
			is_undone: false,
		});
		await graphs.put({ graph: String(na_id), links: [], settled: "" });
		return JSON.stringify({ p_id, dfo_id, na_id, fn_id });
	});
}

for (;;) {
	const lines = await Promise.all([writeOne(), writeOne(), writeOne()]);
	process.stdout.write(`${lines.join("\n")}\n`);
}
