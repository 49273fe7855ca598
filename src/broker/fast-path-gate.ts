import type { Arrival, FastPath } from "./fast-path.ts";
import type { Handshakes } from "./handshakes.ts";

/** After this time aedes is done with a message, even if it never said so. */
const SLOW_PATH_MS = 5000;

export interface FastPathGateDeps {
	/** Messages, subscriptions and their ends passed on to aedes so far. */
	readonly passedOn: () => number;
	/** What waited for CONNACK may be worked on. */
	readonly onReleased: () => void;
}

/**
 * Decides which packets of one client take the fast path beside aedes, so that no message overtakes another one: while
 * aedes is busy with what it was given, all that are published go to aedes.
 */
export class FastPathGate {
	readonly #deps: FastPathGateDeps;
	#open:
		| { readonly path: FastPath; readonly arrival: Arrival; readonly handshakes: Handshakes }
		| undefined;
	/** CONNECT has been passed on, CONNACK is not there yet: aedes would work on what follows without a login. */
	#isConnecting = false;
	/** What aedes is done with: messages, subscriptions, their ends. The rest of those passed on is in flight. */
	#done = 0;
	#lastPassedOn = 0;

	constructor(deps: FastPathGateDeps) {
		this.#deps = deps;
	}

	/** Whether the client has its CONNACK and is still there. */
	get isOpen(): boolean {
		return this.#open !== undefined;
	}

	/** Nothing that arrives may be worked on now. */
	get isHeld(): boolean {
		return this.#isConnecting;
	}

	/** The client has its CONNACK: messages may go past aedes from now on. */
	open(path: FastPath, from: Omit<Arrival, "route">, handshakes: Handshakes): void {
		this.#open = { path, arrival: { ...from, route: undefined }, handshakes };
		this.#isConnecting = false;
		this.#deps.onReleased();
	}

	/** CONNECT was passed on. */
	connecting(): void {
		this.#isConnecting = true;
	}

	/** Some bytes went to aedes. */
	hasPassed(): void {
		this.#lastPassedOn = performance.now();
	}

	/** aedes has published a message of this client, or is done with a SUBSCRIBE or UNSUBSCRIBE. */
	dealtWith(): void {
		this.#done += 1;
	}

	close(): void {
		this.#open = undefined;
	}

	/** Takes a message of QoS 0 that is not retained. @returns false when it has to go through aedes. */
	takePlain(topic: Uint8Array, payload: Uint8Array, frame: Uint8Array): boolean {
		if (this.#open === undefined || this.#isBusy) return false;
		const { path, arrival } = this.#open;
		const route = path.routeOf(topic, arrival);
		if (route === undefined) return false;
		path.deliver(route, payload, frame, arrival);
		return true;
	}

	/** Takes a message of QoS 1 or 2 that is not retained. @returns false when it has to go through aedes. */
	takeConfirmed(qos: number, id: number, topic: Uint8Array, payload: Uint8Array): boolean {
		if (this.#open === undefined || this.#isBusy) return false;
		const { path, arrival, handshakes } = this.#open;
		if (qos === 1 || !handshakes.isKnown(id)) {
			const route = path.routeOf(topic, arrival);
			if (route === undefined || (qos === 2 && !handshakes.begin(id))) return false;
			path.deliverConfirmed(route, payload, qos === 1 ? 1 : 2, arrival);
		}
		handshakes.accept(id, qos);
		return true;
	}

	/** Takes a PUBACK, PUBREC, PUBREL or PUBCOMP, by its first byte. @returns false when it has to go through aedes. */
	takeConfirmation(type: number, id: number): boolean {
		return this.#open?.handshakes.take(type, id) === true;
	}

	get #isBusy(): boolean {
		if (this.#deps.passedOn() === this.#done) return false;
		return performance.now() - this.#lastPassedOn < SLOW_PATH_MS;
	}
}
