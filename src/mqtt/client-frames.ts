/** Types of the packets that are nothing but a packet id, with their flags (`MQTT 3.1.1 §3.4` to `§3.7`). */
export const PUBACK = 0x40;
export const PUBREC = 0x50;
export const PUBREL = 0x62;
export const PUBCOMP = 0x70;

/** Packet ids of SUBSCRIBE and UNSUBSCRIBE are from here on, those of messages below. */
export const FIRST_ASKED_ID = 65_000;
export const LAST_ASKED_ID = 65_535;

/** Filters of one SUBSCRIBE: a packet of a few ten KB. */
export const FILTERS_AT_ONCE = 500;

/** `MQTT 3.1.1 §3.12`, `§3.14` */
export const PINGREQ = Uint8Array.of(0xc0, 0);
export const DISCONNECT = Uint8Array.of(0xe0, 0);

const SUBSCRIBE = 0x82;
const UNSUBSCRIBE = 0xa2;

export interface ConnectFields {
	readonly clientId: string;
	/** Empty for none. */
	readonly username: string;
	readonly password: string;
	/** False: the broker keeps the session. */
	readonly clean: boolean;
	readonly keepAliveSeconds: number;
}

/** CONNECT of MQTT 3.1.1 without a will (`§3.1`). */
export function connectFrame({ clientId, clean, ...fields }: ConnectFields): Buffer {
	const hasUser = fields.username !== "";
	const flags = (hasUser ? 0xc0 : 0) | (clean ? 2 : 0);
	return packet(
		0x10,
		text("MQTT"),
		Buffer.from([4, flags]),
		number(fields.keepAliveSeconds),
		text(clientId),
		...(hasUser ? [text(fields.username), text(fields.password)] : []),
	);
}

/** SUBSCRIBE to some filters at one QoS (`MQTT 3.1.1 §3.8`). */
export function subscribeFrame(id: number, filters: readonly string[], qos: number): Buffer {
	const asked = filters.flatMap((filter) => [text(filter), Buffer.from([qos])]);
	return packet(SUBSCRIBE, number(id), ...asked);
}

/** `MQTT 3.1.1 §3.10` */
export function unsubscribeFrame(id: number, filters: readonly string[]): Buffer {
	return packet(UNSUBSCRIBE, number(id), ...filters.map(text));
}

/** A packet that is nothing but its packet id. */
export function idFrame(type: number, id: number): Uint8Array {
	return Uint8Array.of(type, 2, id >> 8, id & 0xff);
}

function packet(first: number, ...parts: readonly Buffer[]): Buffer {
	const body = Buffer.concat(parts);
	const head = [first];
	let length = body.length;
	do {
		head.push((length & 0x7f) | (length > 127 ? 0x80 : 0));
		length >>>= 7;
	} while (length > 0);
	return Buffer.concat([Buffer.from(head), body]);
}

function number(value: number): Buffer {
	return Buffer.from([value >> 8, value & 0xff]);
}

function text(value: string): Buffer {
	const bytes = Buffer.from(value);
	return Buffer.concat([number(bytes.length), bytes]);
}
