import type { Socket } from "bun";
import type { ClientStream } from "./client-stream.ts";
import type { Wire } from "./wire.ts";
import { binaryFrame, closeFrame, FrameReader, pingFrame, pongFrame } from "./ws-frames.ts";
import { acceptance, answer, readUpgrade } from "./ws-upgrade.ts";

/** Decides whether a WebSocket may be opened, and with which logins. */
export type WsGate = (request: { readonly headers: Headers }) => {
	/** Why not; undefined: it may. */
	readonly refusal: string | undefined;
	/** Whether a page of another origin asks, which needs the login of a device. */
	readonly isForeignPage: boolean;
};

export interface WsRules {
	readonly gate: WsGate;
	/** Called for each one that may not. */
	readonly onRefused: (reason: string, address: string) => void;
}

/** Of the HTTP request that asks for a WebSocket. */
const MAX_HEAD_BYTES = 16 << 10;
const HEAD_END = Buffer.from("\r\n\r\n");
/** Time a close frame gets to leave. */
const CLOSING_MS = 5000;

/** One connection of the WebSocket port, from when it is accepted: the wire below a {@link ClientStream}. */
export class WsSession implements Wire {
	readonly #socket: Socket<WsSession | undefined>;
	readonly #rules: WsRules;
	readonly remoteAddress: string;
	/** A close frame is written first, and TLS has an alert of its own. */
	readonly lingers = true;
	isForeignPage = false;
	stream: ClientStream | undefined;
	/** The request, while it is not all there; undefined once it has been answered. */
	#head: Buffer | undefined = Buffer.alloc(0);
	#isOpen = false;
	#isEnding = false;
	/** Of a frame whose beginning has left. */
	#pending: Buffer | undefined;
	#closing: Timer | undefined;
	/** Monotonic, milliseconds. */
	heardAt = performance.now();
	readonly #frames = new FrameReader({
		onData: (piece) => this.stream?.receive(piece),
		onPing: (payload) => this.#send(pongFrame(payload)),
		onClose: () => this.stream?.inputEnded(),
	});

	constructor(socket: Socket<WsSession | undefined>, rules: WsRules) {
		this.#socket = socket;
		this.#rules = rules;
		// A connection that is gone already has none.
		this.remoteAddress = socket.remoteAddress ?? "";
	}

	/** Bytes arrived. */
	receive(chunk: Buffer): void {
		this.heardAt = performance.now();
		const frames = this.#head === undefined ? chunk : this.#readHead(this.#head, chunk);
		if (!this.#isOpen || frames === undefined) return;
		const code = this.#frames.read(frames);
		if (code === undefined) return;
		this.#send(closeFrame(code));
		this.#isEnding = true;
		const text =
			code === 1003
				? "it sent a text frame, and MQTT uses binary ones"
				: "it violated the WebSocket protocol";
		this.stream?.destroy(new Error(text));
	}

	/** The socket can take more. */
	drained(): void {
		if (this.#pending !== undefined) {
			const pending = this.#pending;
			this.#pending = undefined;
			if (!this.#send(pending)) return;
		}
		if (this.#isEnding && this.stream?.destroyed === true) this.#socket.end();
		else this.stream?.drained();
	}

	/** The socket is gone. */
	closed(): void {
		clearTimeout(this.#closing);
		this.stream?.wireClosed();
	}

	/** Asks whether the client is still there; browsers answer by themselves. */
	ping(): void {
		if (this.#isOpen && this.#pending === undefined) this.#send(pingFrame());
	}

	get bufferedBytes(): number {
		return this.#pending?.length ?? 0;
	}

	write(data: Uint8Array): number {
		if (!this.#isOpen || this.#isEnding) return -1;
		if (this.#pending !== undefined) return 0;
		this.#send(binaryFrame(data));
		return data.length;
	}

	pause(): void {
		this.#socket.pause();
	}

	resume(): void {
		this.#socket.resume();
	}

	end(): void {
		if (this.#isOpen && !this.#isEnding) {
			this.#isEnding = true;
			if (this.#pending === undefined) this.#send(closeFrame(1000));
		}
		if (this.#pending === undefined) {
			this.#socket.end();
			return;
		}
		this.#closing = setTimeout(() => this.#socket.terminate(), CLOSING_MS);
		this.#closing.unref();
	}

	terminate(): void {
		// An answer or a close frame is on its way.
		if (this.#isEnding) this.end();
		else this.#socket.terminate();
	}

	/** @returns what follows the request, once it is all there. */
	#readHead(before: Buffer, chunk: Buffer): Buffer | undefined {
		const head = Buffer.concat([before, chunk]);
		const end = head.indexOf(HEAD_END);
		if (end < 0) {
			this.#head = head;
			if (head.length > MAX_HEAD_BYTES) this.#refuse(answer(431, "The request is too long."));
			return undefined;
		}
		this.#head = undefined;
		const upgrade = readUpgrade(head.toString("latin1", 0, end));
		if (upgrade.kind === "refusal") {
			this.#refuse(upgrade.answer);
			return undefined;
		}
		const { refusal, isForeignPage } = this.#rules.gate(upgrade);
		if (refusal !== undefined) {
			this.#rules.onRefused(refusal, this.remoteAddress);
			this.#refuse(answer(403, refusal));
			return undefined;
		}
		this.isForeignPage = isForeignPage;
		this.#isOpen = true;
		this.#send(Buffer.from(acceptance(upgrade.key, upgrade.protocol)));
		return head.subarray(end + HEAD_END.length);
	}

	#refuse(text: string): void {
		this.#head = undefined;
		this.#isEnding = true;
		this.#send(Buffer.from(text));
		this.stream?.destroy();
	}

	/** @returns whether it has left whole. */
	#send(bytes: Buffer): boolean {
		if (this.#pending !== undefined) {
			this.#pending = Buffer.concat([this.#pending, bytes]);
			return false;
		}
		const sent = this.#socket.write(bytes);
		if (sent < 0 || sent >= bytes.length) return true;
		this.#pending = bytes.subarray(sent);
		return false;
	}
}
