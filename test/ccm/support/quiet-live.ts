// Streams of projects without a CSM: devices and graphs are what a test says.

import {
	type InvitationService,
	NO_INVITATIONS,
} from "../../../src/ccm/invitations/invitation-service.ts";
import type { MonitorMessage } from "../../../src/ccm/live/graph-monitor.ts";
import { LiveProjects } from "../../../src/ccm/live/live-projects.ts";
import type { GraphState } from "../../../src/ccm/reconciler/link-state.ts";
import type { CcmStore } from "../../../src/ccm/store/port.ts";
import type { CsmDevice, DeviceEvent, GraphRequest, Outcome } from "../../../src/csm-client/mod.ts";
import { type Clock, systemClock } from "../../../src/kit/clock.ts";
import { quietLog } from "../../support/log.ts";

/** What a CSM would tell. */
export class SaidByCsm {
	readonly devices = new Map<string, CsmDevice>();
	states: GraphState[] = [];
	/** Whether accounts are known. */
	isSure = true;
	/** Requests of graphs, in order. */
	readonly asked: { readonly graph: string; readonly request: GraphRequest }[] = [];
	/** Topics that are heard, with who hears them. */
	readonly heard = new Map<string, (message: MonitorMessage) => void>();
	answer: (graph: string, request: GraphRequest) => Outcome = (graph, { op }) => ({
		kind: "done",
		reply: { op, state: "ok", monitor_topics: `monitor/${graph}` },
	});
	readonly #device: ((event: DeviceEvent) => void)[] = [];
	readonly #graph: ((graph: string) => void)[] = [];

	live(
		store: CcmStore,
		clock: Clock = systemClock,
		invitations: InvitationService = NO_INVITATIONS,
	): LiveProjects {
		return new LiveProjects({
			...{ store, invitations, clock, log: quietLog },
			directory: { devices: this.devices, onEvent: (listener) => this.#device.push(listener) },
			reconciler: {
				states: () => this.states,
				onChange: (listener) => this.#graph.push(listener),
			},
			isSure: () => this.isSure,
			ask: async (graph, request) => {
				this.asked.push({ graph, request });
				return this.answer(graph, request);
			},
			subscribe: async (topic, handler) => {
				this.heard.set(topic, handler);
				return async () => void this.heard.delete(topic);
			},
		});
	}

	/** A device is online or away from now on. */
	tell(device: CsmDevice): void {
		this.devices.set(device.id, device);
		for (const listener of this.#device) listener({ type: "presence", device });
	}

	resync(): void {
		for (const listener of this.#device) listener({ type: "resync", devices: this.devices });
	}

	/** States of graphs are different from now on. */
	set(...states: GraphState[]): void {
		this.states = states;
		for (const { graph } of states) for (const listener of this.#graph) listener(graph);
	}

	/** Publishes on a graph's monitor topic. */
	publish(graph: string, record: unknown): void {
		const payload = new TextEncoder().encode(JSON.stringify(record));
		this.heard.get(`monitor/${graph}`)?.({ payload });
	}
}
