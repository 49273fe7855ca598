// Connections of the load generator, as thin as they can be: it shares the machine with what it measures.
import type { Socket } from "bun";
import { eachPacket, header } from "../test/support/raw-mqtt.ts";

const EMPTY = Buffer.alloc(0);

export interface Connection {
	readonly socket: Socket;
	unsent: Buffer | undefined;
	rest: Buffer;
}

/** @param first Type and flags. @param start Of the packet's body in `data`. @param end Behind it. */
export type OnPacket = (first: number, data: Buffer, start: number, end: number) => void;

/**
 * Opens a connection; resolves when the broker has accepted it.
 * @param after Called when all packets of a piece of data have been handed over.
 */
export async function open(
	{ port, tls }: { readonly port: number; readonly tls?: boolean },
	clientId: string,
	onPacket: OnPacket,
	after: () => void,
): Promise<Connection> {
	const connected = Promise.withResolvers<void>();
	const connection: { -readonly [K in keyof Connection]?: Connection[K] } = {
		unsent: undefined,
		rest: Buffer.alloc(0),
	};
	const socket = await Bun.connect({
		hostname: "127.0.0.1",
		port,
		...(tls === true && { tls: { rejectUnauthorized: false } }),
		socket: {
			data: (_socket, chunk) => {
				const rest = connection.rest ?? Buffer.alloc(0);
				const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
				const used = eachPacket(data, (first, start, end) => {
					if (first >> 4 === 2) connected.resolve();
					else onPacket(first, data, start, end);
				});
				connection.rest = used < data.length ? Buffer.from(data.subarray(used)) : EMPTY;
				after();
			},
			drain: () => write(connection as Connection, EMPTY),
			close: () => connected.reject(new Error("the connection ended")),
		},
	});
	socket.setNoDelay(true);
	connection.socket = socket;
	const body = Buffer.concat([
		Buffer.from([0, 4]),
		Buffer.from("MQTT"),
		Buffer.from([4, 2, 0, 0, 0, clientId.length]),
		Buffer.from(clientId),
	]);
	// Nothing is taken before the handshake is done; then there is room.
	write(connection as Connection, Buffer.concat([Buffer.from([0x10, body.length]), body]));
	await connected.promise;
	return connection as Connection;
}

/** Writes, or keeps what the socket does not take until it drains. */
export function write(connection: Connection, data: Buffer): void {
	const all = connection.unsent === undefined ? data : Buffer.concat([connection.unsent, data]);
	if (all.length === 0) return;
	const sent = Math.max(0, connection.socket.write(all));
	connection.unsent = sent < all.length ? Buffer.from(all.subarray(sent)) : undefined;
}

/** An acknowledgement of the packet whose id is at `idAt`. */
export function ack(type: number, data: Buffer, idAt: number): Buffer {
	return Buffer.from([type, 2, data[idAt] ?? 0, data[idAt + 1] ?? 0]);
}

/** A SUBSCRIBE with so many filters. */
export function subscription(filters: readonly string[], id: number, qos: number): Buffer {
	const entries = filters.map((filter) => {
		const name = Buffer.from(filter);
		return Buffer.concat([
			Buffer.from([name.length >> 8, name.length & 0xff]),
			name,
			Buffer.from([qos]),
		]);
	});
	const body = Buffer.concat([Buffer.from([id >> 8, id & 0xff]), ...entries]);
	return Buffer.concat([header(0x82, body.length), body]);
}
