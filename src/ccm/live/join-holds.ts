import type { ProjectDocument } from "../../contract/mod.ts";
import { KeyedQueue, type Logger, messageOf } from "../../kit/mod.ts";
import { membershipsOf } from "../plan/crowds.ts";
import { portsOf } from "../projects/lookup.ts";
import type { CcmStore } from "../store/port.ts";
import type { TopicListener } from "./graph-monitor.ts";
import type { GraphMonitors } from "./graph-monitors.ts";

export interface JoinHoldsDeps {
	readonly store: Pick<CcmStore, "read">;
	/** A project with its simulated devices bound; without it there are none. */
	readonly simulated?: (project: ProjectDocument) => ProjectDocument;
	readonly log: Logger;
}

interface Hold {
	readonly naId: number;
	readonly tell: TopicListener;
	pId: number | undefined;
	graph: string | undefined;
	end: () => void;
}

/**
 * The monitoring of joins for clients that know one graph for each. Of a crowd that takes part one by one they see the
 * first member's; who that is may change, and so may the rule.
 */
export class JoinHolds {
	readonly #monitors: Pick<GraphMonitors, "hold">;
	readonly #deps: JoinHoldsDeps;
	readonly #holds = new Set<Hold>();
	/** What is read later counts: a database may answer in another order. */
	readonly #turns = new KeyedQueue();

	constructor(monitors: Pick<GraphMonitors, "hold">, deps: JoinHoldsDeps) {
		this.#monitors = monitors;
		this.#deps = deps;
	}

	/** Has a join monitored, whichever its graph is. @returns what ends it. */
	hold(naId: number, tell: TopicListener): () => void {
		const hold: Hold = { ...{ naId, tell, pId: undefined, graph: undefined }, end: () => {} };
		this.#holds.add(hold);
		this.#look(hold);
		return () => {
			this.#holds.delete(hold);
			hold.end();
		};
	}

	/** To be called when a project was changed. */
	changed(pId: number): void {
		for (const hold of this.#holds) {
			// Of one that is being looked up for the first time it is not known yet whose it is.
			if (hold.pId === undefined || hold.pId === pId) this.#look(hold);
		}
	}

	#look(hold: Hold): void {
		void this.#turns.run(String(hold.naId), () => this.#follow(hold));
	}

	async #follow(hold: Hold): Promise<void> {
		const { store, simulated = (one) => one, log } = this.#deps;
		const { naId } = hold;
		try {
			const project = await store.read((tables) => tables.holderOf("na", naId));
			hold.pId = project?.p_id;
			this.#move(hold, project === undefined ? undefined : graphOf(simulated(project), naId));
		} catch (error) {
			log.warn("cannot look up a join that is watched", { na_id: naId, reason: messageOf(error) });
			this.#move(hold, hold.graph);
		}
	}

	#move(hold: Hold, graph = String(hold.naId)): void {
		if (hold.graph === graph || !this.#holds.has(hold)) return;
		// A graph that takes the place of another one may not be there yet.
		let isToCome = hold.graph !== undefined;
		hold.graph = graph;
		hold.end();
		hold.end = this.#monitors.hold(graph, (topic) => {
			if (topic === undefined && isToCome) return;
			isToCome = false;
			hold.tell(topic);
		});
	}
}

function graphOf(project: ProjectDocument, naId: number): string | undefined {
	const join = project.joins.find(({ na_id }) => na_id === naId);
	return join && membershipsOf(join, portsOf(project))[0]?.graph;
}
