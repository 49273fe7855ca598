import type { ProjectDocument } from "../../contract/mod.ts";
import type { CsmDevice, DeviceEvent } from "../../csm-client/mod.ts";
import { type Clock, KeyedQueue, type Logger, messageOf } from "../../kit/mod.ts";
import { type InvitationService, NO_INVITATIONS } from "../invitations/invitation-service.ts";
import type { GraphState } from "../reconciler/link-state.ts";
import { projectFor, rightOn, type Wish } from "../service/access.ts";
import type { Person, ProjectNews } from "../service/operation.ts";
import type { CcmStore } from "../store/port.ts";
import type { MonitorDeps, TopicListener } from "./graph-monitor.ts";
import { GraphMonitors } from "./graph-monitors.ts";
import { InvitationNews } from "./invitation-news.ts";
import { JoinHolds } from "./join-holds.ts";
import { ProjectChannel } from "./project-channel.ts";

/** Streams of all people together, and of one. */
export const MAX_STREAMS = 200;
export const MAX_STREAMS_OF_PERSON = 10;

export interface LiveProjectsDeps extends MonitorDeps {
	readonly store: CcmStore;
	readonly directory: {
		readonly devices: ReadonlyMap<string, CsmDevice>;
		onEvent(listener: (event: DeviceEvent) => void): void;
	};
	readonly reconciler: {
		states(project: number): readonly GraphState[];
		onChange(listener: (graph: string) => void): void;
	};
	/** A project with its simulated devices bound; without it there are none. */
	readonly simulated?: (project: ProjectDocument) => ProjectDocument;
	/** Whether accounts are as the database has them; their logins are looked at only then. */
	readonly isSure: () => boolean;
	/** Without it there are no invitations. */
	readonly invitations?: Pick<InvitationService, "now" | "wrongSince">;
	readonly clock: Clock;
	readonly log: Logger;
}

/** A stream, or why there is none: the server or the person has too many. */
export type Opened = Response | { readonly full: "server" | "person" };

/** Streams of events for people who look at projects. It costs nothing while no one does. */
export class LiveProjects {
	readonly #deps: LiveProjectsDeps;
	readonly #monitors: GraphMonitors;
	readonly #invitations: InvitationNews;
	readonly #holds: JoinHolds;
	readonly #channels = new Map<number, ProjectChannel>();
	/** Streams by person. */
	readonly #counts = new Map<number, number>();
	readonly #turns = new KeyedQueue();
	#count = 0;
	#hasSwept = false;
	#isStopped = false;

	constructor(deps: LiveProjectsDeps) {
		this.#deps = deps;
		this.#monitors = new GraphMonitors(deps);
		this.#invitations = new InvitationNews({
			...{ ...deps, invitations: deps.invitations ?? NO_INVITATIONS, now: () => Date.now() },
			tell: (pId, views) => this.#channels.get(pId)?.tellInvitations(views) ?? true,
		});
		this.#holds = new JoinHolds(this.#monitors, deps);
	}

	/** Streams that are open. */
	get count(): number {
		return this.#count;
	}

	/** Graphs that are watched. */
	get watched(): number {
		return this.#monitors.size;
	}

	/** Listens to what is told of graphs and devices. */
	start(): void {
		const { directory, reconciler } = this.#deps;
		directory.onEvent((event) => this.#onDevice(event));
		reconciler.onChange((graph) => {
			this.#monitors.changed(graph);
			for (const channel of this.#channels.values()) channel.graphChanged(graph);
		});
	}

	/**
	 * A stream for a person.
	 * @param stillMay Whether the person's login holds.
	 * @throws Refusal 404: there is no such project, or it is not for this person.
	 */
	async open(person: Person, pId: number, stillMay: () => boolean): Promise<Opened> {
		const ofPerson = this.#counts.get(person.u_id) ?? 0;
		if (this.#isStopped || this.#count >= MAX_STREAMS) return { full: "server" };
		if (ofPerson >= MAX_STREAMS_OF_PERSON) return { full: "person" };
		this.#add(person, 1);
		let hasLeft = false;
		const left = () => {
			if (!hasLeft) this.#add(person, -1);
			hasLeft = true;
		};
		try {
			const { document, right, invited } = await this.#deps.store.read(async (tables) => {
				const found = await projectFor({ person, tables }, pId, "look");
				return {
					document: found,
					right: await rightOn({ person, tables }, found),
					invited: await this.#invitations.of(tables, found),
				};
			});
			if (this.#isStopped || right === undefined) {
				left();
				return { full: "server" };
			}
			const channel = this.#channels.get(pId) ?? this.#newChannel(document);
			const response = channel.open({ person, right, stillMay, left }, invited);
			// Something may have happened since it was read.
			this.changed(pId);
			return response;
		} catch (error) {
			left();
			throw error;
		}
	}

	/** To be called when an operation has something to tell. */
	take(news: ProjectNews): void {
		switch (news.kind) {
			case "changes":
				this.#channels.get(news.document.p_id)?.take(news);
				return;
			case "invitation":
				if (this.#channels.has(news.p_id)) this.#invitations.add(news.p_id, news.do_id);
				return;
			case "members":
				this.changed(news.p_id);
		}
	}

	/** To be called when a project, or who may see it, was changed in any way. */
	changed(pId: number): void {
		this.#holds.changed(pId);
		if (!this.#channels.has(pId)) return;
		void this.#turns.run(String(pId), () => this.#refresh(pId));
	}

	/** To be called when accounts have changed. */
	check(): void {
		for (const channel of this.#channels.values()) channel.check();
	}

	/** Has a join monitored for someone that hears its graph's topic at the broker. @returns what ends it. */
	hold(naId: number, holder: TopicListener): () => void {
		return this.#holds.hold(naId, holder);
	}

	/** Ends all streams, and all monitoring at CSM. */
	async stop(): Promise<void> {
		this.#isStopped = true;
		this.#invitations.stop();
		for (const channel of this.#channels.values()) channel.stop();
		this.#channels.clear();
		await this.#monitors.stop();
		await this.#turns.idle();
	}

	#newChannel(document: Parameters<ProjectChannel["replace"]>[0]): ProjectChannel {
		const { directory, reconciler, simulated = (project) => project, clock } = this.#deps;
		const { p_id } = document;
		const channel: ProjectChannel = new ProjectChannel(document, {
			monitors: this.#monitors,
			devices: () => directory.devices,
			states: (id) => reconciler.states(id),
			isSure: () => this.#isSure(),
			simulated,
			onUnused: () => {
				if (this.#channels.get(p_id) === channel) this.#channels.delete(p_id);
			},
			clock,
		});
		this.#channels.set(p_id, channel);
		return channel;
	}

	/** It does not go on with a database that cannot be asked: then logins are not known either, and streams end. */
	#isSure(): boolean {
		try {
			return this.#deps.isSure();
		} catch {
			return true;
		}
	}

	async #refresh(pId: number): Promise<void> {
		const channel = this.#channels.get(pId);
		if (channel === undefined) return;
		try {
			const { people } = channel;
			const { document, rights } = await this.#deps.store.read(async (tables) => {
				const found = await tables.projects.get(pId);
				const known = new Map<number, Wish | undefined>();
				for (const person of people) {
					const right = found && (await rightOn({ person, tables }, found));
					known.set(person.u_id, right);
				}
				return { document: found, rights: known };
			});
			if (document === undefined) {
				channel.stop();
				this.#channels.delete(pId);
				return;
			}
			channel.checkRights(rights);
			channel.replace(document);
		} catch (error) {
			// Whether these people may still look is not known. Pages come back by themselves.
			this.#deps.log.error("cannot look up a watched project", {
				project: pId,
				reason: messageOf(error),
			});
			channel.stop();
			this.#channels.delete(pId);
		}
	}

	#onDevice(event: DeviceEvent): void {
		if (this.#isStopped) return;
		for (const channel of this.#channels.values()) channel.devicesChanged();
		if (event.type !== "resync") return;
		this.#monitors.resync();
		if (!this.#hasSwept) void this.#turns.run("sweep", () => this.#sweep());
		this.#hasSwept = true;
	}

	async #sweep(): Promise<void> {
		const { store, log } = this.#deps;
		try {
			const graphs = await store.read((tables) => tables.graphs.list());
			await this.#monitors.sweep(graphs.map(({ graph }) => graph));
		} catch (error) {
			log.warn("cannot end the watching of graphs", { reason: messageOf(error) });
		}
	}

	#add({ u_id }: Person, by: 1 | -1): void {
		this.#count += by;
		const count = (this.#counts.get(u_id) ?? 0) + by;
		if (count > 0) this.#counts.set(u_id, count);
		else this.#counts.delete(u_id);
	}
}
