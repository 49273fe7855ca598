import { type Cancel, type Clock, systemClock } from "../kit/mod.ts";
import { PUBACK, PUBREC } from "./client-frames.ts";
import { type Arrival, Entry, type Lag, type Receipt } from "./receipt.ts";

/** A message waits so long at most for its results. */
export const PATIENCE_MS = 100;
/**
 * So many wait for their results before no more are read: what is not read is not at risk. It doubles each time so many
 * were there and none took too long, and is halved when some did. The least lets 1,000 a second pass one that hangs.
 * Those whose results wait for the broker do not count, since what it confirms has to be read.
 */
const LEAST_CROWD = 100;
const MOST_CROWD = 500;

/** So long after topics have taken turns, one that lags is taken for the only one there is. */
const ALONE_MS = 10_000;

export interface AcknowledgementDeps {
	/** Sends PUBACK or PUBREC. */
	readonly send: (type: number, id: number) => void;
	/** Results that were handed over so far, and those of them that have gone out. */
	readonly results: { readonly added: number; readonly written: number };
	/** Messages were acknowledged before they were done. */
	readonly onEarly: (messages: number) => void;
	/** Enough messages wait, or that is over. */
	readonly onCrowd: (isCrowded: boolean) => void;
	/** Nothing waits to be acknowledged any more. */
	readonly onIdle?: () => void;
	/** A broker that does what MQTT 3.1.1 forbids. */
	readonly onBroken: (what: string) => void;
	/** Whether none is acknowledged before it is done, however long that takes; by default some are. */
	readonly isPatient?: boolean;
	readonly clock?: Clock;
}

/**
 * Acknowledges messages of QoS 1 and 2 once their results have gone out, in the order in which they came
 * (`MQTT 3.1.1 §4.6`). One that takes longer than {@link PATIENCE_MS} is acknowledged nevertheless, since brokers have
 * only so many in flight: what waits behind it would stand still. From then on a crash may lose it. Until it is done,
 * further messages of its topic do not wait where that would hold up others as well: each window of the broker would
 * take its time again. Who is patient does without all that: what waits stays at the broker.
 */
export class Acknowledgements {
	readonly #deps: AcknowledgementDeps;
	readonly #clock: Clock;
	/** In order of arrival, from `#head` on. */
	#queue: Entry[] = [];
	#head = 0;
	/** By packet id: those of QoS 1 until they are acknowledged, those of QoS 2 until they are released. */
	readonly #open = new Map<number, Entry>();
	#isConnected = false;
	#isHeld = false;
	/** Before that none could be done. */
	#heldUntil = 0;
	#cancel: Cancel | undefined;
	/** Neither done nor early. */
	#undone = 0;
	#crowd = LEAST_CROWD;
	#isCrowded = false;
	/** Since it is crowded. */
	#wasEarly = false;
	/** Of the newest message, and when it was another topic than that of the one before it. */
	#newest: Lag | undefined;
	#mixedAt = Number.NEGATIVE_INFINITY;

	constructor(deps: AcknowledgementDeps) {
		this.#deps = deps;
		this.#clock = deps.clock ?? systemClock;
	}

	/** Whether nothing waits to be acknowledged. */
	get isIdle(): boolean {
		return this.#head === this.#queue.length;
	}

	/** A connection was accepted. @param hadSession What was open before is sent again. */
	opened(hadSession: boolean): void {
		this.#isConnected = true;
		if (!hadSession) this.#open.clear();
	}

	/** The connection is lost: what was not acknowledged comes again over the next one. */
	closed(): void {
		this.#isConnected = false;
		for (const entry of this.#queue) entry.isCounted = false;
		this.#queue = [];
		this.#head = 0;
		this.#undone = 0;
		this.#isCrowded = false;
		this.#stopClock();
		for (const entry of this.#open.values()) entry.isQueued = false;
	}

	/** Nothing can be done for a while, and nothing new comes: what waits gets its whole time afterwards. */
	hold(isHeld: boolean): void {
		this.#isHeld = isHeld;
		this.#heldUntil = this.#clock.now();
		if (isHeld) this.#stopClock();
		else this.#watch();
	}

	/**
	 * A message has come.
	 * @param lag Of its topic.
	 * @returns what hears when it is done; undefined: it is worked on, or was, and is not to be worked on again.
	 */
	arrived(message: Arrival, lag: Lag): Receipt | undefined {
		const { id } = message;
		const known = this.#open.get(id);
		if (known?.comesAgainAs(message) === true) {
			this.#cameAgain(known);
			return undefined;
		}
		// One of a former connection may be forgotten by a broker that came back with an older state.
		if (known?.isQueued === true) {
			this.#deps.onBroken(`it uses packet id ${id} for two messages at once`);
		}
		const now = this.#clock.now();
		const entry = new Entry(message, lag, now, (entry) => this.#onDone(entry));
		this.#open.set(id, entry);
		this.#queue.push(entry);
		if (this.#deps.isPatient !== true && this.#holdsUpOthers(lag, now)) {
			entry.isCounted = false;
			entry.pass();
			this.#deps.onEarly(1);
			if (this.#queue[this.#head] === entry) this.flush();
			return entry;
		}
		this.#watch(this.#queue.length - 1);
		this.#undone += 1;
		if (!this.#isCrowded && this.#undone >= this.#crowd) {
			this.#isCrowded = true;
			this.#wasEarly = false;
			this.#deps.onCrowd(true);
		}
		return entry;
	}

	/** PUBREL has come: the packet id is free again (`MQTT 3.1.1 §4.3.3`). */
	released(id: number): void {
		const entry = this.#open.get(id);
		if (entry?.qos === 2 && entry.isAcknowledged) this.#open.delete(id);
	}

	/** Acknowledges what can be: results have gone out. */
	flush(): void {
		if (!this.#isConnected) return;
		const { written } = this.#deps.results;
		for (; this.#head < this.#queue.length; this.#head++) {
			const entry = this.#queue[this.#head];
			if (entry === undefined) break;
			const isReady = entry.isEarly || (entry.isDone && entry.after <= written);
			if (!isReady) break;
			entry.isAcknowledged = true;
			entry.isQueued = false;
			if (entry.qos === 1 && this.#open.get(entry.id) === entry) this.#open.delete(entry.id);
			this.#deps.send(entry.qos === 1 ? PUBACK : PUBREC, entry.id);
		}
		this.#compact();
	}

	/** Whether waiting for one more message of a topic would do that; where there are no others, it is at risk in vain. */
	#holdsUpOthers(lag: Lag, now: number): boolean {
		if (this.#newest !== lag && this.#newest !== undefined) this.#mixedAt = now;
		this.#newest = lag;
		return lag.messages > 0 && now - this.#mixedAt < ALONE_MS;
	}

	#waitsNoMore(entry: Entry): void {
		if (!entry.isCounted) return;
		entry.isCounted = false;
		this.#undone -= 1;
		if (!this.#isCrowded || this.#undone >= this.#crowd / 2) return;
		if (!this.#wasEarly) this.#crowd = Math.min(MOST_CROWD, 2 * this.#crowd);
		this.#isCrowded = false;
		this.#deps.onCrowd(false);
	}

	#cameAgain(entry: Entry): void {
		if (entry.isQueued) return;
		// What was acknowledged early, or before the connection was lost, needs not wait again.
		entry.isEarly ||= entry.isAcknowledged;
		entry.isAcknowledged = false;
		entry.isQueued = true;
		entry.at = this.#clock.now();
		this.#queue.push(entry);
		this.flush();
		this.#watch(this.#queue.length - 1);
	}

	#onDone(entry: Entry): void {
		entry.settle();
		entry.after = this.#deps.results.added;
		this.#waitsNoMore(entry);
		if (this.#queue[this.#head] === entry) this.flush();
	}

	/** Ends the patience with the first one that is not done. @param from Before it all are done, or early. */
	#watch(from = this.#head): void {
		if (this.#deps.isPatient === true || this.#cancel !== undefined || this.#isHeld) return;
		const first = this.#firstUndone(from);
		if (first === undefined) return;
		const waited = this.#clock.now() - Math.max(first.at, this.#heldUntil);
		this.#cancel = this.#clock.after(Math.max(0, PATIENCE_MS - waited), () => this.#onLate());
	}

	#firstUndone(from: number): Entry | undefined {
		for (let n = from; n < this.#queue.length; n++) {
			const entry = this.#queue[n];
			if (entry !== undefined && !entry.isEarly && !entry.isDone) return entry;
		}
		return undefined;
	}

	#onLate(): void {
		this.#cancel = undefined;
		const since = this.#clock.now() - PATIENCE_MS;
		let early = 0;
		for (let n = this.#head; n < this.#queue.length; n++) {
			const entry = this.#queue[n];
			if (entry === undefined || Math.max(entry.at, this.#heldUntil) > since) break;
			if (entry.isEarly || entry.isDone) continue;
			entry.pass();
			this.#wasEarly = true;
			this.#waitsNoMore(entry);
			early += 1;
		}
		if (early > 0) this.#crowd = Math.max(LEAST_CROWD, this.#crowd / 2);
		// Told before they go out: who is killed in between has told too many, never too few.
		if (early > 0) this.#deps.onEarly(early);
		this.flush();
		this.#watch();
	}

	#stopClock(): void {
		this.#cancel?.();
		this.#cancel = undefined;
	}

	#compact(): void {
		if (this.isIdle) {
			if (this.#head > 0) this.#deps.onIdle?.();
			this.#queue = [];
			this.#head = 0;
		} else if (this.#head > 1024) {
			this.#queue = this.#queue.slice(this.#head);
			this.#head = 0;
		}
	}
}
