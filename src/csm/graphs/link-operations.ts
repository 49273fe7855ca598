import {
	checkNewLinkKey,
	type FunctionUse,
	type LinkKey,
	REQUESTS,
	type Request,
	readFields,
	readLinkKey,
} from "../../contract/mod.ts";
import { InputError, messageOf, SourceError } from "../../kit/mod.ts";
import type { LinkSettings } from "../../store/mod.ts";
import type { Reply } from "../api-listener.ts";
import type { Changes, ChangesDeps } from "./changes.ts";
import { checkPrev, newUse, unlessRefused, useOf } from "./function-choice.ts";
import type { PreparedUse } from "./function-sources.ts";
import { findLink, type LiveGraph, type LiveLink, nameOf, replaceLink } from "./live-graph.ts";

/** `add_link`, `rm_link` and `set_df_func` (`csm.md §4.4`, `§4.5`, `§4.7`). */
export class LinkOperations {
	readonly #deps: ChangesDeps;
	readonly #changes: Changes;

	constructor(deps: ChangesDeps, changes: Changes) {
		this.#deps = deps;
		this.#changes = changes;
	}

	async addLink(graph: LiveGraph, request: Request): Promise<Reply> {
		const key = readLinkKey(request);
		checkNewLinkKey(key);
		const fields = readFields(REQUESTS.add_link, request);
		const digest = fields.func || null;
		await unlessRefused(
			async () => {
				const known = findLink(graph, key);
				if (known?.record.error === null) throw new InputError("link already exists");
				const use = useOf(digest, fields.depends);
				this.#needKnown(use, fields.depends ?? {});
				const prepared = await this.#deps.sources.prepareAnyway(use);
				const settings: LinkSettings = {
					func: use,
					inputType: fields.input_type || null,
					paramNo: fields.param_no ?? null,
					tagParamNo: fields.tag_param_no ?? 0,
					error: prepared.error,
				};
				await this.#enter(graph, key, settings, prepared, known);
				// The original's CCM does not read that: to it the link is there, and its function can be replaced.
				if (prepared.error !== null) throw new SourceError(prepared.error);
			},
			() => this.#askedFor(graph, key, digest),
		);
		return { ...request, state: "ok" };
	}

	async rmLink(graph: LiveGraph, request: Request): Promise<Reply> {
		const key = readLinkKey(request);
		const link = findLink(graph, key);
		if (link === undefined) throw new InputError("link unknown");
		await this.#changes.commit(
			({ graphs }) => graphs.removeLink(link.record.id, key),
			(last) => {
				graph.links = graph.links.filter(({ record }) => record.id !== link.record.id);
				return [this.#changes.run(graph), last && this.#deps.signals.detach(key)];
			},
		);
		return { ...request, state: "ok" };
	}

	async setDfFunc(graph: LiveGraph, request: Request): Promise<Reply> {
		const key = readLinkKey(request);
		const fields = readFields(REQUESTS.set_df_func, request);
		await unlessRefused(
			async () => {
				const use = newUse(this.#deps.sources, fields);
				const link = findLink(graph, key);
				if (link === undefined) throw new InputError("Unknown link, please add_link first");
				const { func, asked } = link.record;
				checkPrev(fields.prev, func, asked);
				const prepared = await this.#deps.sources.prepare(use).catch((error) => {
					if (!(error instanceof InputError)) throw error;
					throw new InputError(`Maybe some error in the functions. ${error.message}`);
				});
				const { input_type: type = false } = fields;
				// The original's CCM sends false for none.
				const inputType = type === false ? link.record.inputType : type;
				await this.#setFunction(graph, link, prepared, inputType);
			},
			() => this.#askedFor(graph, key, fields.new),
		);
		return {
			op: "set_df_func",
			da_id: request.da_id,
			[key.mode]: key.feature,
			new: fields.new,
			depends: fields.depends ?? null,
			state: "ok",
		};
	}

	/** An engine has tried the function of a stored link. @param error What was thrown; null: it can be used. */
	async judged(graph: LiveGraph, id: number, handle: number, error: unknown): Promise<void> {
		const link = graph.links.find(({ record }) => record.id === id);
		if (link?.handle !== handle) return;
		const problem = error instanceof SourceError ? error.message : null;
		if (error !== null && problem === null) return;
		if (link.record.error === problem) return;
		replaceLink(graph, { ...link, record: { ...link.record, error: problem } });
		await this.#note(graph, () =>
			this.#deps.store.write(({ graphs }) => graphs.setLinkError(id, problem)),
		);
	}

	#needKnown({ digest }: FunctionUse, depends: Readonly<Record<string, string>>): void {
		const { sources } = this.#deps;
		if (digest !== null && !sources.knows(digest)) {
			throw new InputError("Function unknown. Please add it first.");
		}
		for (const [alias, helper] of Object.entries(depends)) {
			if (!sources.knows(helper)) throw new InputError(`dependency ${alias} not found`);
		}
	}

	/** Stores and runs a new link, in place of one whose function could not be used. */
	#enter(
		graph: LiveGraph,
		key: LinkKey,
		settings: LinkSettings,
		prepared: PreparedUse,
		former: LiveLink | undefined,
	): Promise<void> {
		const topic = `iottalk/esm/${crypto.randomUUID()}`;
		return this.#changes.commit(
			({ graphs }) =>
				former === undefined
					? graphs.addLink(graph.key, key, settings, topic)
					: graphs.replaceLink(former.record.id, graph.key, key, settings),
			({ id, topic, first }) => {
				const record = { ...graph.key, ...key, ...settings, id, asked: null };
				const others = graph.links.filter((link) => link.record.id !== former?.record.id);
				graph.links = [...others, { record, topic, handle: prepared.handle }];
				return [this.#changes.run(graph), first && this.#deps.signals.attach(key, topic)];
			},
			prepared,
		);
	}

	#setFunction(
		graph: LiveGraph,
		{ record: { id } }: LiveLink,
		prepared: PreparedUse,
		inputType: LinkSettings["inputType"],
	): Promise<void> {
		return this.#changes.commit(
			({ graphs }) => graphs.setLinkFunction(id, prepared.use, inputType),
			() => {
				const link = graph.links.find(({ record }) => record.id === id);
				if (link === undefined) return [];
				const changes = { func: prepared.use, inputType, error: null, asked: null };
				const record = { ...link.record, ...changes };
				replaceLink(graph, { ...link, record, handle: prepared.handle });
				return [this.#changes.run(graph)];
			},
			prepared,
		);
	}

	/** Remembers what a refused request asked for: `prev` of the next one may be that. */
	async #askedFor(graph: LiveGraph, key: LinkKey, digest: string | null): Promise<void> {
		const link = findLink(graph, key);
		if (link === undefined) return;
		const { id, func, asked } = link.record;
		if (digest === (asked === null ? func.digest : asked.digest)) return;
		replaceLink(graph, { ...link, record: { ...link.record, asked: { digest } } });
		await this.#note(graph, () =>
			this.#deps.store.write(({ graphs }) => graphs.setLinkAsked(id, digest)),
		);
	}

	/** Stores something that helps later; it is no reason to refuse anything. */
	async #note(graph: LiveGraph, work: () => Promise<void>): Promise<void> {
		await work().catch((error) => {
			const fields = { graph: nameOf(graph.key), reason: messageOf(error) };
			this.#deps.log.warn("cannot store what is known of a link", fields);
		});
	}
}
