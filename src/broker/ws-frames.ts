/** What a client's WebSocket frames hold (`RFC 6455 §5`). */
export interface FrameEvents {
	/** A piece of binary payload, in order; frame boundaries mean nothing to MQTT (`MQTT-6.0.0-2`). Valid during the call. */
	onData(piece: Buffer): void;
	onPing(payload: Buffer): void;
	/** The client closes. */
	onClose(): void;
}

/** Status codes of a close frame (`RFC 6455 §7.4.1`). */
export type CloseCode = 1000 | 1002 | 1003;

const BINARY = 2;
const TEXT = 1;
const CONTINUATION = 0;
const CLOSE = 8;
const PING = 9;
const PONG = 10;
const MAX_HEADER_BYTES = 14;
const MAX_CONTROL_BYTES = 125;
const MIN_WORDS_BYTES = 64;

interface Frame {
	readonly opcode: number;
	readonly mask: Buffer;
	left: number;
	/** Where in the mask the next byte is. */
	turn: number;
	/** What a control frame holds so far; undefined for data, which is handed on at once. */
	readonly control: Buffer[] | undefined;
}

/** Reads the frames of one client as they come; payloads of any length are handed on piece by piece. */
export class FrameReader {
	readonly #events: FrameEvents;
	#header: Buffer = Buffer.alloc(0);
	#frame: Frame | undefined;
	/** A message of several frames is not at its end. */
	#isFragmented = false;
	#isOver = false;

	constructor(events: FrameEvents) {
		this.#events = events;
	}

	/** Takes the next bytes, and changes them. @returns the code to close with, if they break the rules. */
	read(chunk: Buffer): CloseCode | undefined {
		let at = 0;
		while (at < chunk.length && !this.#isOver) {
			if (this.#frame === undefined) {
				const rest = chunk.subarray(at, at + MAX_HEADER_BYTES);
				const before = this.#header.length;
				const header = before === 0 ? rest : Buffer.concat([this.#header, rest]);
				const begun = this.#begin(header);
				if (begun === "incomplete") {
					this.#header = Buffer.from(header);
					return undefined;
				}
				if (typeof begun === "number") return begun;
				this.#header = Buffer.alloc(0);
				this.#frame = begun.frame;
				at += begun.length - before;
				if (begun.frame.left > 0) continue;
			}
			const end = Math.min(chunk.length, at + (this.#frame?.left ?? 0));
			this.#take(chunk.subarray(at, end));
			at = end;
		}
		return undefined;
	}

	/** Reads a header, of which more bytes than there are may be wanted. */
	#begin(data: Buffer): { frame: Frame; length: number } | "incomplete" | CloseCode {
		const [first, second] = data;
		if (first === undefined || second === undefined) return "incomplete";
		const opcode = first & 0x0f;
		const isFinal = (first & 0x80) !== 0;
		const short = second & 0x7f;
		// Nothing was agreed on that gives the reserved bits a meaning; clients must mask.
		if ((first & 0x70) !== 0 || (second & 0x80) === 0) return 1002;
		const isControl = opcode >= CLOSE;
		if (isControl && (opcode > PONG || !isFinal || short > MAX_CONTROL_BYTES)) return 1002;
		if (!isControl) {
			if (opcode === TEXT) return 1003;
			if (opcode > BINARY || (opcode === CONTINUATION) !== this.#isFragmented) return 1002;
		}
		const lengthBytes = short === 127 ? 8 : short === 126 ? 2 : 0;
		const length = 2 + lengthBytes + 4;
		if (data.length < length) return "incomplete";
		const left =
			lengthBytes === 8
				? Number(data.readBigUInt64BE(2))
				: lengthBytes === 2
					? data.readUInt16BE(2)
					: short;
		if (!Number.isSafeInteger(left)) return 1002;
		if (!isControl) this.#isFragmented = !isFinal;
		const mask = Buffer.from(data.subarray(length - 4, length));
		return { frame: { opcode, mask, left, turn: 0, control: isControl ? [] : undefined }, length };
	}

	#take(piece: Buffer): void {
		const frame = this.#frame;
		if (frame === undefined) return;
		const { mask, control } = frame;
		unmask(piece, mask, frame.turn);
		frame.turn = (frame.turn + piece.length) & 3;
		frame.left -= piece.length;
		if (frame.left === 0) this.#frame = undefined;
		if (control === undefined) {
			if (piece.length > 0) this.#events.onData(piece);
			return;
		}
		control.push(Buffer.from(piece));
		if (frame.left > 0) return;
		if (frame.opcode === PING) this.#events.onPing(Buffer.concat(control));
		if (frame.opcode !== CLOSE) return;
		this.#isOver = true;
		this.#events.onClose();
	}
}

/** `RFC 6455 §5.3`, four bytes at once where they lie as words in memory. @param turn Where in the mask to begin. */
function unmask(bytes: Buffer, mask: Buffer, turn: number): void {
	const { buffer, byteOffset, length } = bytes;
	// Views cost more than they save on short ones.
	const before = length < MIN_WORDS_BYTES ? length : (4 - (byteOffset & 3)) & 3;
	const count = (length - before) >> 2;
	const single = (from: number, to: number) => {
		for (let n = from; n < to; n++) bytes[n] = (bytes[n] ?? 0) ^ (mask[(turn + n) & 3] ?? 0);
	};
	single(0, before);
	if (count === 0) {
		single(before, length);
		return;
	}
	const turned = Uint8Array.from([0, 1, 2, 3], (n) => mask[(turn + before + n) & 3] ?? 0);
	const [word = 0] = new Uint32Array(turned.buffer);
	const words = new Uint32Array(buffer, byteOffset + before, count);
	for (let n = 0; n < count; n++) words[n] = (words[n] ?? 0) ^ word;
	single(before + count * 4, length);
}

/** A frame of the server: not masked, in one piece. */
function frame(opcode: number, payload: Uint8Array): Buffer {
	const { length } = payload;
	const headerBytes = length < 126 ? 2 : length < 65_536 ? 4 : 10;
	const bytes = Buffer.allocUnsafe(headerBytes + length);
	bytes[0] = 0x80 | opcode;
	if (headerBytes === 2) bytes[1] = length;
	else if (headerBytes === 4) {
		bytes[1] = 126;
		bytes.writeUInt16BE(length, 2);
	} else {
		bytes[1] = 127;
		bytes.writeBigUInt64BE(BigInt(length), 2);
	}
	bytes.set(payload, headerBytes);
	return bytes;
}

export const binaryFrame = (payload: Uint8Array): Buffer => frame(BINARY, payload);
export const pingFrame = (): Buffer => frame(PING, new Uint8Array(0));
export const pongFrame = (payload: Uint8Array): Buffer => frame(PONG, payload);
export const closeFrame = (code: CloseCode): Buffer =>
	frame(CLOSE, Uint8Array.of(code >> 8, code & 0xff));
