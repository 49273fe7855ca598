import type { DeviceRegistration, RegistrationClient } from "../../csm-client/mod.ts";
import { type Clock, type Logger, messageOf } from "../../kit/mod.ts";

/** Where simulated devices register. */
export type Registry = Pick<RegistrationClient, "register" | "deregister">;

/** At a start CSM may come a moment later: that is not worth a line in the log. */
const SAY_AFTER_MS = 5000;

/** Says once when no simulated device can register, and when one can again. */
export class WatchedRegistry implements Registry {
	readonly #deps: { readonly registry: Registry; readonly clock: Clock; readonly log: Logger };
	/** When it began to fail; undefined: it does not. */
	#failingSince: number | undefined;
	#isSaid = false;

	constructor(deps: { readonly registry: Registry; readonly clock: Clock; readonly log: Logger }) {
		this.#deps = deps;
	}

	async register(id: string, registration: DeviceRegistration): Promise<string> {
		const { registry, log } = this.#deps;
		try {
			const rev = await registry.register(id, registration);
			if (this.#isSaid) log.info("simulated devices register again");
			this.#failingSince = undefined;
			this.#isSaid = false;
			return rev;
		} catch (error) {
			this.#failed(error);
			throw error;
		}
	}

	deregister(id: string, rev: string): Promise<void> {
		return this.#deps.registry.deregister(id, rev);
	}

	#failed(error: unknown): void {
		const now = this.#deps.clock.now();
		this.#failingSince ??= now;
		if (this.#isSaid || now - this.#failingSince < SAY_AFTER_MS) return;
		this.#isSaid = true;
		const reason = messageOf(error);
		this.#deps.log.warn("cannot register simulated devices, trying again", { reason });
	}
}
