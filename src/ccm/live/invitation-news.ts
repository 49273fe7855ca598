import type { InvitationView, ProjectDocument } from "../../contract/mod.ts";
import { type Cancel, type Clock, type Logger, messageOf } from "../../kit/mod.ts";
import type { InvitationService } from "../invitations/invitation-service.ts";
import { invitationOf } from "../invitations/invitation-view.ts";
import type { CcmStore, CcmTables } from "../store/port.ts";

/** Forty phones that join at once are told of together. */
const PAUSE_MS = 200;

export interface InvitationNewsDeps {
	readonly store: CcmStore;
	readonly invitations: Pick<InvitationService, "now" | "wrongSince">;
	/** Unix time, milliseconds. */
	readonly now: () => number;
	/** Tells those who look at a project. @returns whether that was possible; else it is tried again. */
	readonly tell: (pId: number, invitations: readonly InvitationView[]) => boolean;
	readonly clock: Clock;
	readonly log: Logger;
}

/** Invitations that changed, gathered for a moment, for those who look at their projects. */
export class InvitationNews {
	readonly #deps: InvitationNewsDeps;
	/** Blocks by project. */
	#changed = new Map<number, Set<number>>();
	#cancel: Cancel | undefined;

	constructor(deps: InvitationNewsDeps) {
		this.#deps = deps;
	}

	/** The invitation of a block is another one. */
	add(pId: number, doId: number): void {
		const blocks = this.#changed.get(pId) ?? new Set();
		this.#changed.set(pId, blocks.add(doId));
		this.#cancel ??= this.#deps.clock.after(PAUSE_MS, () => {
			this.#cancel = undefined;
			void this.#tell();
		});
	}

	/** All invitations of a project, and those that have ended but have phones. */
	async of(tables: CcmTables, project: ProjectDocument): Promise<InvitationView[]> {
		const { p_id } = project;
		const all = [
			...(await tables.invitations.list({ p_id })),
			...(await tables.seats.list({ p_id })),
		];
		return this.#views(tables, project, new Set(all.map(({ do_id }) => do_id)));
	}

	stop(): void {
		this.#cancel?.();
	}

	async #tell(): Promise<void> {
		const changed = this.#changed;
		this.#changed = new Map();
		const { store, tell, log } = this.#deps;
		try {
			for (const [pId, blocks] of changed) {
				const views = await store.read(async (tables) => {
					const project = await tables.projects.find(pId);
					return project === undefined ? [] : this.#views(tables, project, blocks);
				});
				if (!tell(pId, views)) for (const doId of blocks) this.add(pId, doId);
			}
		} catch (error) {
			log.warn("cannot look up watched invitations", { reason: messageOf(error) });
		}
	}

	async #views(
		tables: CcmTables,
		{ blocks }: ProjectDocument,
		doIds: ReadonlySet<number>,
	): Promise<InvitationView[]> {
		const { invitations, now } = this.#deps;
		const wanted = blocks.filter(({ do_id }) => doIds.has(do_id));
		const views = wanted.map(async (block) => ({
			do_id: block.do_id,
			...(await invitationOf(tables, block, invitations, now())),
		}));
		return Promise.all(views);
	}
}
