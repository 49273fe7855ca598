import {
	checkNewLinkKey,
	type FunctionUse,
	type LinkKey,
	REQUESTS,
	type Request,
} from "../../../contract/mod.ts";
import { InputError, SourceError } from "../../../kit/mod.ts";
import type { Reply } from "../../api-listener.ts";
import type { LinkSettings } from "../../store/links.ts";
import { noteAskedOfLink } from "../asked-for.ts";
import { unlessRefused, useOf } from "../function-choice.ts";
import type { PreparedUse } from "../function-sources.ts";
import { findLink, type LiveGraph, type LiveLink } from "../live-graph.ts";
import { type GraphContext, linkOperation } from "./operation.ts";

/** `add_link`: a link refused only for its source is kept without data (`csm.md §4.4`). */
export const addLink = linkOperation(
	REQUESTS.add_link,
	async (context, { graph, key, request, fields }) => {
		const digest = fields.func || null;
		await unlessRefused(
			async () => {
				const known = findLink(graph, key);
				if (known?.record.error === null) throw new InputError("link already exists");
				const use = useOf(digest, fields.depends);
				await needKnown(context, use, fields.depends ?? {});
				const prepared = await context.sources.prepareAnyway(graph.key, use);
				const settings: LinkSettings = {
					func: use,
					inputType: fields.input_type || null,
					paramNo: fields.param_no ?? null,
					tagParamNo: fields.tag_param_no ?? 0,
					error: prepared.error,
				};
				const reply = replyOf(request, prepared);
				await enter(context, { graph, key, settings, prepared, former: known, reply });
				// The original's CCM does not read that: to it the link is there, and its function can be replaced.
				if (prepared.error !== null) throw new SourceError(prepared.error);
			},
			() => noteAskedOfLink(context, graph, key, digest),
		);
		return { ...request, state: "ok" };
	},
	checkNewLinkKey,
);

/** `rm_link`: its data stops at once (`csm.md §4.5`). */
export const rmLink = linkOperation(
	REQUESTS.rm_link,
	async ({ graphs, changes, signals }, { graph, key, request }) => {
		const link = findLink(graph, key);
		if (link === undefined) throw new InputError("link unknown");
		const { id, func } = link.record;
		let isReleased = false;
		let isLast = false;
		return changes.commit({
			graph: graph.key,
			reply: { ...request, state: "ok" },
			work: async ({ links }) => {
				isReleased = true;
				isLast = await graphs.topics.remove(links, id, key);
			},
			undone: () => {
				if (isReleased) graphs.topics.restore(key, link.topic);
				isReleased = false;
			},
			apply: () => {
				graph.links = graph.links.filter(({ record }) => record.id !== id);
				return [changes.run(graph), isLast && signals.detach(key)];
			},
			freed: [func],
			keys: [key],
		});
	},
);

async function needKnown(
	{ sources }: GraphContext,
	{ digest }: FunctionUse,
	depends: Readonly<Record<string, string>>,
): Promise<void> {
	if (digest !== null && !(await sources.knows(digest))) {
		throw new InputError("Function unknown. Please add it first.");
	}
	for (const [alias, helper] of Object.entries(depends)) {
		if (!(await sources.knows(helper))) throw new InputError(`dependency ${alias} not found`);
	}
}

/** A link that is about to be stored. */
interface Entry {
	readonly graph: LiveGraph;
	readonly key: LinkKey;
	readonly settings: LinkSettings;
	readonly prepared: PreparedUse;
	/** In whose place it comes. */
	readonly former: LiveLink | undefined;
	readonly reply: Reply;
}

/** How `add_link` is answered once the link is there. */
function replyOf(request: Request, { error }: PreparedUse): Reply {
	if (error === null) return { ...request, state: "ok" };
	return { ...request, state: "error", reason: error };
}

/** Stores and runs a new link, in place of one whose function could not be used; that one's topic stays. */
async function enter(
	{ graphs, changes, signals, nextLinkId }: GraphContext,
	{ graph, key, settings, prepared, former, reply }: Entry,
): Promise<void> {
	const id = await nextLinkId();
	const { handle, sources } = prepared;
	let claimed: Awaited<ReturnType<typeof graphs.topics.claim>> | undefined;
	await changes.commit({
		...{ graph: graph.key, reply },
		work: async ({ links }) => {
			if (former === undefined) claimed = await graphs.topics.claim(links, key, graph.key);
			const { topic, isFirst } = claimed ?? { topic: former?.topic ?? "", isFirst: false };
			await links.put({ ...graph.key, ...key, ...settings, id, topic }, isFirst);
			return { topic, isFirst };
		},
		undone: () => {
			if (claimed !== undefined) graphs.topics.unclaim(key);
			claimed = undefined;
		},
		apply: ({ topic, isFirst }) => {
			const record = { ...graph.key, ...key, ...settings, id, asked: null };
			const others = graph.links.filter((link) => link.record.id !== former?.record.id);
			graph.links = [...others, { record, topic, handle, sources }];
			return [changes.run(graph), isFirst && signals.attach(key, topic)];
		},
		prepared,
		freed: former === undefined ? [] : [former.record.func],
		keys: [key],
	});
}
