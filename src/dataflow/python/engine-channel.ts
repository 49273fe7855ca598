import type { Socket } from "bun";
import { InvariantError, messageOf } from "../../kit/mod.ts";
import { recvInto } from "./channel-recv.ts";
import { encodeFrame, FrameReader } from "./frames.ts";
import type { EngineReply, EngineRequest } from "./protocol.ts";
import { ReplyPoll } from "./reply-poll.ts";

/** Largest answer; a user's code runs on the other side. */
const MAX_REPLY_BYTES = 1 << 27;
/** Answers that are polled for are short; of a longer one the rest comes over the event loop. */
const POLL_BYTES = 1 << 16;

export interface EngineChannelEvents {
	/** Takes what the engine says. */
	readonly onReply: (reply: EngineReply) => void;
	/** The engine sent malformed data. */
	readonly onBroken: (reason: string) => void;
}

/**
 * The host's end of the channel to an engine: a pair of sockets, frames in both directions. Bun's own
 * channel between processes takes ten times as long for the way there and back.
 */
export class EngineChannel {
	#socket: Socket | undefined;
	#unsent: Buffer[] = [];
	#blocked = false;
	readonly #read: (chunk: Buffer) => void;
	readonly #polled = Buffer.allocUnsafeSlow(POLL_BYTES);
	readonly #poll: ReplyPoll | undefined;

	/**
	 * @param descriptor File descriptor of the host's end, which this object owns from now on.
	 * @param busyPoll Whether answers may be polled for.
	 */
	constructor(descriptor: number, busyPoll: boolean, { onReply, onBroken }: EngineChannelEvents) {
		const reader = new FrameReader((word, text) => onReply(replyOf(word, text)), MAX_REPLY_BYTES);
		this.#read = (chunk) => {
			try {
				reader.read(chunk);
			} catch (error) {
				onBroken(messageOf(error));
			}
		};
		const recv = busyPoll ? recvInto(descriptor, this.#polled) : undefined;
		this.#poll = recv && new ReplyPoll({ recv, now: Bun.nanoseconds });
		const ended = () => {
			this.#socket = undefined;
		};
		// Bun takes a descriptor here, as its node:net does, but does not say so in its types.
		const existing = { hostname: "", port: 0, fd: descriptor };
		const opened = Bun.connect({
			...existing,
			socket: {
				open: (socket) => {
					this.#socket = socket;
					this.#flush();
				},
				data: (_socket, chunk) => this.#read(chunk),
				drain: () => {
					this.#blocked = false;
					this.#flush();
				},
				close: ended,
				error: ended,
			},
		});
		opened.catch((error) => onBroken(messageOf(error)));
	}

	/** @param isLone Nothing else is being waited for: its answer may be polled for. */
	send({ ask, text }: EngineRequest, isLone: boolean): void {
		this.#unsent.push(encodeFrame(ask, text));
		this.#flush();
		if (isLone && this.#socket !== undefined && !this.#blocked) this.#look();
	}

	#look(): void {
		const size = this.#poll?.look() ?? 0;
		if (size === 0) return;
		const answer = Buffer.from(this.#polled.subarray(0, size));
		// The caller of `send` is not done with it.
		queueMicrotask(() => this.#read(answer));
	}

	/** A process that has just ended takes nothing more; its end is told by itself. */
	#flush(): void {
		if (this.#socket === undefined || this.#blocked) return;
		for (let first = this.#unsent[0]; first !== undefined; first = this.#unsent[0]) {
			const sent = this.#socket.write(first);
			if (sent < 0) return;
			if (sent < first.length) {
				this.#unsent[0] = first.subarray(sent);
				this.#blocked = true;
				return;
			}
			this.#unsent.shift();
		}
	}
}

/** Of what an engine says of itself when it is ready. */
const MAX_REASON_CHARS = 200;

/** @throws InvariantError when it is none. */
function replyOf(word: string, text: string): EngineReply {
	if (word === "ready") return { answer: word, unfiltered: text.slice(0, MAX_REASON_CHARS) };
	if (word === "done" || word === "slice") return { answer: word, text };
	throw new InvariantError(`it answered with the word "${word.slice(0, 20)}"`);
}
