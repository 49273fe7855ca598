import { type FunctionUse, REQUESTS } from "../../../contract/mod.ts";
import { InputError } from "../../../kit/mod.ts";
import { noteAskedOfJoin, noteAskedOfLink } from "../asked-for.ts";
import { checkPrev, newUse, unlessRefused } from "../function-choice.ts";
import type { PreparedUse } from "../function-sources.ts";
import { findLink, type LiveLink, replaceLink } from "../live-graph.ts";
import { graphOperation, linkOperation } from "./operation.ts";

/** `set_join` (`csm.md §4.6`). */
export const setJoin = graphOperation(REQUESTS.set_join, async (context, { graph, fields }) => {
	const { sources, changes } = context;
	const { prev, depends } = fields;
	return unlessRefused(
		async () => {
			const use = await newUse(sources, fields);
			checkPrev(fields.prev, graph.join.use, graph.join.asked);
			const prepared = await sources.prepare(graph.key, use);
			return changes.commit({
				graph: graph.key,
				reply: { op: "set_join", prev, new: fields.new, depends: depends ?? null, state: "ok" },
				work: ({ graphs }) => graphs.setJoin(graph.key, use),
				apply: () => {
					graph.join = { use, handle: prepared.handle, sources: prepared.sources, asked: null };
					return [changes.run(graph)];
				},
				prepared,
				freed: [graph.join.use],
			});
		},
		() => noteAskedOfJoin(context, graph, fields.new),
	);
});

/** `set_df_func` (`csm.md §4.7`). */
export const setDfFunc = linkOperation(
	REQUESTS.set_df_func,
	async (context, { graph, key, request, fields }) => {
		const { sources, changes } = context;
		const reply = {
			op: "set_df_func",
			da_id: request.da_id,
			[key.mode]: key.feature,
			new: fields.new,
			depends: fields.depends ?? null,
			state: "ok",
		};
		const change = async (use: FunctionUse, link: LiveLink, prepared: PreparedUse) => {
			const { id } = link.record;
			const { input_type: type = false } = fields;
			// The original's CCM sends false for none.
			const inputType = type === false ? link.record.inputType : type;
			return changes.commit({
				...{ graph: graph.key, reply },
				work: ({ links }) => links.setFunction(id, use, inputType),
				apply: () => {
					const now = graph.links.find(({ record }) => record.id === id);
					if (now === undefined) return [];
					const record = { ...now.record, func: use, inputType, error: null, asked: null };
					const { handle, sources } = prepared;
					replaceLink(graph, { ...now, record, handle, sources });
					return [changes.run(graph)];
				},
				prepared,
				freed: [link.record.func],
			});
		};
		return unlessRefused(
			async () => {
				const use = await newUse(sources, fields);
				const link = findLink(graph, key);
				if (link === undefined) throw new InputError("Unknown link, please add_link first");
				checkPrev(fields.prev, link.record.func, link.record.asked);
				const prepared = await sources.prepare(graph.key, use).catch((error) => {
					if (!(error instanceof InputError)) throw error;
					throw new InputError(`Maybe some error in the functions. ${error.message}`);
				});
				return change(use, link, prepared);
			},
			() => noteAskedOfLink(context, graph, key, fields.new),
		);
	},
);
