/**
 * Bytes of one client that are worked on before all others get their turn: a client that sends at full speed
 * must not make the others wait. What goes through aedes takes many times as long as the fast path.
 */
const FAST_BYTES_PER_TURN = 8 << 10;
const SLOW_BYTES_PER_TURN = 1 << 10;

export interface ReadTurnsDeps {
	readonly wire: { pause(): void; resume(): void };
	/** Bytes that may wait; a client that has more waiting is dropped. */
	readonly maxBytes: number;
	/** Works on bytes that stay as they are only during the call; false when no more are wanted for now. */
	readonly work: (data: Buffer) => boolean;
	/** Whether nothing that arrives may be worked on now; {@link ReadTurns.goOn} says when it may again. */
	readonly isHeld: () => boolean;
	/** More waits than may. */
	readonly onOverflow: (bytes: number) => void;
	/** The client sends nothing more, and all that came has been worked on. */
	readonly onEnd: () => void;
}

/** What has arrived from one client, worked on in turns with what arrives from others. */
export class ReadTurns {
	readonly #deps: ReadTurnsDeps;
	/** What arrived and is not worked on yet. */
	#unread: Buffer[] = [];
	#unreadBytes = 0;
	#perTurn = SLOW_BYTES_PER_TURN;
	#isScheduled = false;
	#isPaused = false;
	#inputEnded = false;
	#isClosed = false;

	constructor(deps: ReadTurnsDeps) {
		this.#deps = deps;
	}

	/** Bytes that arrived; the caller may reuse them afterwards. */
	receive(chunk: Buffer): void {
		const isFree = this.#unread.length === 0 && !this.#deps.isHeld();
		if (isFree && chunk.length <= this.#perTurn) {
			if (!this.#deps.work(chunk)) this.pause();
			return;
		}
		this.#unread.push(Buffer.from(chunk));
		this.#unreadBytes += chunk.length;
		// A WebSocket cannot be paused.
		if (this.#unreadBytes > this.#deps.maxBytes) {
			this.#deps.onOverflow(this.#unreadBytes);
			return;
		}
		this.pause();
		this.#readInTurn();
	}

	/** Bytes to be worked on before all others that wait. */
	putBack(bytes: Buffer): void {
		this.#unread.unshift(bytes);
		this.#unreadBytes += bytes.length;
	}

	/** The client sends nothing more. */
	inputEnded(): void {
		this.#inputEnded = true;
		this.#endSoon();
	}

	/** Sets how much is worked on in a turn. @param isFast Whether nothing of the last bytes went through aedes. */
	paceBy(isFast: boolean): void {
		this.#perTurn = isFast ? FAST_BYTES_PER_TURN : SLOW_BYTES_PER_TURN;
	}

	/** Takes nothing more from the client until {@link goOn}. */
	pause(): void {
		if (this.#isPaused) return;
		this.#isPaused = true;
		this.#deps.wire.pause();
	}

	/** Works on what waits, or takes more; does nothing while it is held. */
	goOn(): void {
		if (this.#isClosed || this.#deps.isHeld()) return;
		if (this.#unread.length > 0) {
			this.#readInTurn();
			return;
		}
		this.#endSoon();
		if (!this.#isPaused) return;
		this.#isPaused = false;
		this.#deps.wire.resume();
	}

	/** Forgets what waits. */
	close(): void {
		this.#isClosed = true;
		this.#unread = [];
	}

	/** Takes a slice of what has arrived; the rest when others have had their turn. */
	#readInTurn(): void {
		if (this.#isScheduled) return;
		this.#isScheduled = true;
		setImmediate(() => {
			this.#isScheduled = false;
			const [first] = this.#unread;
			if (first === undefined || this.#isClosed || this.#deps.isHeld()) return;
			const slice = first.subarray(0, this.#perTurn);
			this.#unreadBytes -= slice.length;
			if (slice.length < first.length) this.#unread[0] = first.subarray(slice.length);
			else this.#unread.shift();
			if (this.#deps.work(slice)) this.goOn();
		});
	}

	/** A turn later: aedes has seen a DISCONNECT by then. */
	#endSoon(): void {
		if (!this.#inputEnded || this.#unread.length > 0) return;
		setImmediate(() => {
			if (this.#unread.length === 0) this.#deps.onEnd();
		});
	}
}
