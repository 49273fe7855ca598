import { type DeviceRegistration, Retry } from "../../csm-client/mod.ts";
import { type Clock, type Logger, messageOf } from "../../kit/mod.ts";
import type { Registry } from "./watched-registry.ts";

export interface RemovalsDeps {
	readonly registry: Registry;
	readonly clock: Clock;
	readonly log: Logger;
	/** Runs a request when it is its turn; those of one device one after another. */
	readonly inTurn: (id: string, work: () => Promise<void>) => Promise<void>;
}

/** A device that may be registered. */
export interface Registered {
	/** With this it can be registered once more, to learn the rev that its end has to quote. */
	readonly registration: DeviceRegistration;
	/** Undefined: not known. */
	readonly rev: string | undefined;
}

/** Deregisters simulated devices that are not wanted any more, again and again until CSM has done it. */
export class Removals {
	readonly #deps: RemovalsDeps;
	readonly #retry: Retry;
	readonly #left = new Map<string, Registered>();
	#stopped = false;

	constructor(deps: RemovalsDeps) {
		this.#deps = deps;
		this.#retry = new Retry(deps.clock, () => {
			for (const id of this.#left.keys()) this.#plan(id);
		});
	}

	add(id: string, device: Registered): void {
		if (this.#stopped) return;
		this.#left.set(id, device);
		this.#plan(id);
	}

	/** It is wanted again. */
	forget(id: string): void {
		this.#left.delete(id);
	}

	/** Asks nothing more. */
	stop(): void {
		this.#stopped = true;
		this.#retry.reset();
	}

	#plan(id: string): void {
		void this.#deps.inTurn(id, () => this.#remove(id));
	}

	async #remove(id: string): Promise<void> {
		const device = this.#left.get(id);
		if (device === undefined || this.#stopped) return;
		const { registry, log } = this.#deps;
		const { registration } = device;
		try {
			const rev = device.rev ?? (await registry.register(id, registration));
			if (!this.#left.has(id)) return;
			// Whatever comes of it, it does not help to send that rev again.
			this.#left.set(id, { registration, rev: undefined });
			await registry.deregister(id, rev);
			this.#left.delete(id);
			if (this.#left.size === 0) this.#retry.reset();
		} catch (error) {
			const fields = { da_id: id, reason: messageOf(error) };
			log.debug("cannot deregister a simulated device, trying again", fields);
			if (!this.#stopped) this.#retry.failed();
		}
	}
}
