import { PUBREC } from "../mqtt/mod.ts";
import type { Arrival, FastPath } from "./fast-path.ts";

/** First byte of a PUBREL packet (`MQTT 3.1.1 §3.6`). */
const PUBREL = 0x62;
/** So often a message takes the slow path nevertheless: aedes watches whether a client is alive. */
const LIFE_SIGN_MS = 1000;
/** Longest wait for aedes to be done with it. */
const HOLD_MS = 100;
/** After this time aedes is done with a message, even if it never said so (a repeated one). */
const SLOW_PATH_MS = 5000;

export interface FastPathGateDeps {
	/** Messages, subscriptions and their ends passed on to aedes so far. */
	readonly passedOn: () => number;
	/** Sends a whole packet to the client. */
	readonly send: (frame: Uint8Array) => void;
	/** Nothing more is worked on until {@link FastPathGateDeps.onReleased}. */
	readonly onHeld: () => void;
	readonly onReleased: () => void;
}

/**
 * Decides which packets of one client take the fast path beside aedes, so that none overtakes another one: while
 * aedes is busy with what it was given, everything goes to aedes, and once a second one message does as a sign of life.
 */
export class FastPathGate {
	readonly #deps: FastPathGateDeps;
	#open: { readonly path: FastPath; readonly arrival: Arrival } | undefined;
	/** The session ends with the connection. */
	#isClean = false;
	/** CONNECT has been passed on, CONNACK is not there yet: aedes would work on what follows without a login. */
	#isConnecting = false;
	/** What aedes is done with: messages, subscriptions, their ends. The rest of those passed on is in flight. */
	#done = 0;
	#lastPassedOn = 0;
	#gaveLifeSign = false;
	/** Set while aedes is waited for to be done with the life sign. */
	#holdTimer: Timer | undefined;

	constructor(deps: FastPathGateDeps) {
		this.#deps = deps;
	}

	/** Whether the client has its CONNACK and is still there. */
	get isOpen(): boolean {
		return this.#open !== undefined;
	}

	/** Nothing that arrives may be worked on now. */
	get isHeld(): boolean {
		return this.#isConnecting || this.#holdTimer !== undefined;
	}

	/** The client has its CONNACK: QoS 0 messages may go past aedes from now on. */
	open(path: FastPath, from: Omit<Arrival, "route">, isClean: boolean): void {
		this.#isClean = isClean;
		this.#open = { path, arrival: { ...from, route: undefined } };
		this.#lastPassedOn = performance.now();
		this.#isConnecting = false;
		this.#deps.onReleased();
	}

	/** CONNECT was passed on. */
	connecting(): void {
		this.#isConnecting = true;
	}

	/** Bytes were worked on. @param hasPassed Whether some of them went to aedes. */
	worked(hasPassed: boolean): void {
		if (hasPassed) this.#lastPassedOn = performance.now();
		if (this.#gaveLifeSign) this.#hold();
	}

	/** aedes has published a message of this client, or is done with a SUBSCRIBE or UNSUBSCRIBE. */
	dealtWith(): void {
		this.#done += 1;
		if (this.#holdTimer !== undefined && this.#done === this.#deps.passedOn()) this.#release();
	}

	close(): void {
		this.#open = undefined;
		clearTimeout(this.#holdTimer);
	}

	/** Takes a message of QoS 0 that is not retained. @returns false when it has to go through aedes. */
	takePlain(topic: Uint8Array, payload: Uint8Array, frame: Uint8Array): boolean {
		if (this.#open === undefined) return false;
		const since = performance.now() - this.#lastPassedOn;
		// One behind the other: no message overtakes one that aedes still works on.
		const isBusy = this.#deps.passedOn() !== this.#done && since < SLOW_PATH_MS;
		if (since > LIFE_SIGN_MS) this.#gaveLifeSign = true;
		if (isBusy || since > LIFE_SIGN_MS) return false;
		const { path, arrival } = this.#open;
		return path.deliver(topic, payload, frame, arrival);
	}

	/** Where no session outlives the connection nothing is noted about what was confirmed (`MQTT 3.1.1 §4.3`). */
	takeConfirmation(packet: Uint8Array): boolean {
		if (this.#open === undefined || !this.#isClean) return false;
		// Packet id 0 is for others to refuse.
		if (packet.at(-1) === 0 && packet.at(-2) === 0) return false;
		if (performance.now() - this.#lastPassedOn > LIFE_SIGN_MS) return false;
		if (packet[0] === PUBREC) {
			const release = Buffer.from(packet);
			release[0] = PUBREL;
			this.#deps.send(release);
		}
		return true;
	}

	/**
	 * Works on nothing more until aedes is done with the life sign: what follows would have to take the
	 * slow path too, so as not to overtake it, and at full speed that would never end.
	 */
	#hold(): void {
		this.#gaveLifeSign = false;
		if (this.#open === undefined || this.#done === this.#deps.passedOn()) return;
		this.#deps.onHeld();
		this.#holdTimer = setTimeout(() => this.#release(), HOLD_MS);
	}

	#release(): void {
		clearTimeout(this.#holdTimer);
		this.#holdTimer = undefined;
		this.#deps.onReleased();
	}
}
