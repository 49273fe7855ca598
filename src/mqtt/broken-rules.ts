import type { Logger } from "../kit/mod.ts";

/** Names in the log what another program's broker does against MQTT 3.1.1: its first time, and no further ones. */
export class BrokenRules {
	readonly #log: Logger;
	#isNamed = false;

	constructor(log: Logger) {
		this.#log = log;
	}

	/** @param what It did. @param broker Its address. */
	name(what: string, broker: string): void {
		if (this.#isNamed) return;
		this.#isNamed = true;
		this.#log.error("broker breaks the MQTT standard", { broker, what });
	}
}

/** Another program's broker has done on a connection what MQTT 3.1.1 forbids, which ends that. */
export class BrokenRule extends Error {
	/** @param what It did. */
	constructor(what: string) {
		super(`the peer does not speak MQTT: ${what}`);
	}
}
