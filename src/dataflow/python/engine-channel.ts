import type { Socket } from "bun";
import { InvariantError, messageOf } from "../../kit/mod.ts";
import { encodeFrame, FrameReader } from "./frames.ts";
import type { EngineReply, EngineRequest } from "./protocol.ts";

/** Largest answer; a user's code runs on the other side. */
const MAX_REPLY_BYTES = 1 << 27;

/**
 * The host's end of the channel to an engine: a pair of sockets, frames in both directions. Bun's own
 * channel between processes takes ten times as long for the way there and back.
 */
export class EngineChannel {
	#socket: Socket | undefined;
	#unsent: Buffer[] = [];
	#blocked = false;

	/**
	 * @param descriptor File descriptor of the host's end, which this object owns from now on.
	 * @param onReply Takes what the engine says.
	 * @param onBroken The engine sent malformed data.
	 */
	constructor(
		descriptor: number,
		onReply: (reply: EngineReply) => void,
		onBroken: (reason: string) => void,
	) {
		const reader = new FrameReader((word, text) => onReply(replyOf(word, text)), MAX_REPLY_BYTES);
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
				data: (_socket, chunk) => {
					try {
						reader.read(chunk);
					} catch (error) {
						onBroken(messageOf(error));
					}
				},
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

	send({ ask, text }: EngineRequest): void {
		this.#unsent.push(encodeFrame(ask, text));
		this.#flush();
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
