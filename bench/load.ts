// The load generator, a process of its own: bun bench/load.ts '<settings as JSON>' prints a result as JSON.
// Closed loop: so many messages are in flight all the time. Open loop: so many are sent a second, come what may.
import type { Socket } from "bun";
import { eachPacket, header, publishFrame } from "../test/support/raw-mqtt.ts";

export interface Pair {
	/** Topic that is published to. */
	readonly to: string;
	/** Topic on which what becomes of it arrives. */
	readonly from: string;
}

export interface LoadSettings {
	readonly port: number;
	/** Encrypted; the certificate is not looked at. */
	readonly tls?: boolean;
	readonly pairs: readonly Pair[];
	readonly payload: string;
	readonly qos: 0 | 1 | 2;
	/** Messages in flight (closed loop), or undefined. */
	readonly window?: number;
	/** Messages a second (open loop), or undefined. */
	readonly rate?: number;
	readonly seconds: number;
	/** Not counted, at the beginning. */
	readonly warmupSeconds: number;
	/** Publishing connections, in turn. */
	readonly publishers?: number;
	/** Subscribing connections, which share the topics. */
	readonly subscribers?: number;
}

export interface LoadResult {
	readonly sent: number;
	readonly received: number;
	/** Received a second. */
	readonly perSecond: number;
	/** Milliseconds. */
	readonly p50: number;
	readonly p90: number;
	readonly p99: number;
	readonly max: number;
	/** Longest time without a message, milliseconds. */
	readonly gap: number;
	/** Processor seconds of this process. */
	readonly cpu: number;
}

const PUBLISH = 3;
const PUBACK = 4;
const PUBREC = 5;
const PUBREL = 6;
const PUBCOMP = 7;
const LATE_MS = 3000;
const RING = 1 << 16;
const TICK_MS = 1;
const HISTOGRAM_STEPS = 400_000;
const STEPS_PER_MS = 100;

/** Latencies in steps of 10 µs up to 4 s. */
class Histogram {
	readonly #counts = new Uint32Array(HISTOGRAM_STEPS);
	#n = 0;
	max = 0;

	add(ms: number, times: number): void {
		const step = Math.min(HISTOGRAM_STEPS - 1, Math.floor(ms * STEPS_PER_MS));
		this.#counts[step] = (this.#counts[step] ?? 0) + times;
		this.#n += times;
		if (ms > this.max) this.max = ms;
	}

	at(share: number): number {
		let left = share * this.#n;
		for (const [step, count] of this.#counts.entries()) {
			left -= count;
			if (left <= 0) return (step + 1) / STEPS_PER_MS;
		}
		return this.max;
	}
}

/** When the messages of one pair were sent, oldest first: all brokers keep their order. */
class Sent {
	readonly #at = new Float64Array(RING);
	#first = 0;
	#next = 0;

	get waiting(): number {
		return this.#next - this.#first;
	}

	push(now: number, times: number): void {
		for (let n = 0; n < times; n++) this.#at[this.#next++ & (RING - 1)] = now;
	}

	shift(): number {
		return this.#at[this.#first++ & (RING - 1)] ?? 0;
	}
}

interface Connection {
	readonly socket: Socket;
	unsent: Buffer | undefined;
	rest: Buffer;
}

type OnPacket = (first: number, data: Buffer, start: number) => void;

async function open(
	{ port, tls }: LoadSettings,
	clientId: string,
	onPacket: OnPacket,
	after: () => void,
) {
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
				const used = eachPacket(data, (first, start) => {
					if (first >> 4 === 2) connected.resolve();
					else onPacket(first, data, start);
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

const EMPTY = Buffer.alloc(0);

function write(connection: Connection, data: Buffer): void {
	const all = connection.unsent === undefined ? data : Buffer.concat([connection.unsent, data]);
	if (all.length === 0) return;
	const sent = Math.max(0, connection.socket.write(all));
	connection.unsent = sent < all.length ? Buffer.from(all.subarray(sent)) : undefined;
}

/** Runs the load. */
export async function run(settings: LoadSettings): Promise<LoadResult> {
	const { pairs, qos } = settings;
	const sent = pairs.map(() => new Sent());
	const latencies = new Histogram();
	const frames = pairs.map(({ to }) => publishFrame(to, settings.payload, qos));
	const indexOf = new Map(pairs.map(({ from }, index) => [from, index]));
	let counting = false;
	let sentCount = 0;
	let received = 0;
	let arrived = 0;
	let lastArrival = 0;
	let gap = 0;
	let turn = 0;
	let nextId = 1;
	let stopped = false;
	const publisherCount = settings.publishers ?? 1;
	const publishers: Connection[] = [];

	const onPacketOf =
		(acks: Buffer[]): OnPacket =>
		(first, data, start) => {
			const type = first >> 4;
			if (type === PUBLISH) {
				const topicLength = ((data[start] ?? 0) << 8) | (data[start + 1] ?? 0);
				const packetQos = (first >> 1) & 3;
				if (packetQos > 0) {
					const at = start + 2 + topicLength;
					acks.push(ack((packetQos === 1 ? PUBACK : PUBREC) << 4, data, at));
				}
				const index =
					pairs.length === 1
						? 0
						: (indexOf.get(data.toString("latin1", start + 2, start + 2 + topicLength)) ?? 0);
				const now = performance.now();
				const queue = sent[index];
				if (queue === undefined || queue.waiting === 0) return;
				const at = queue.shift();
				arrived += 1;
				if (!counting) return;
				received += 1;
				latencies.add(now - at, 1);
				if (lastArrival > 0 && now - lastArrival > gap) gap = now - lastArrival;
				lastArrival = now;
			} else if (type === PUBREL) acks.push(ack(PUBCOMP << 4, data, start));
		};

	const send = (count: number) => {
		if (count <= 0 || stopped) return;
		const now = performance.now();
		const parts: Buffer[][] = publishers.map(() => []);
		for (let n = 0; n < count; n++) {
			const index = turn % pairs.length;
			const template = frames[index];
			if (template === undefined) return;
			let { frame } = template;
			if (qos > 0) {
				frame = Buffer.from(frame);
				frame.writeUInt16BE(nextId, template.idAt);
				nextId = nextId === 65_535 ? 1 : nextId + 1;
			}
			parts[turn % publisherCount]?.push(frame);
			sent[index]?.push(now, 1);
			turn += 1;
		}
		if (counting) sentCount += count;
		for (const [n, publisher] of publishers.entries()) {
			const own = parts[n];
			if (own !== undefined && own.length > 0) write(publisher, Buffer.concat(own));
		}
	};

	const subscriberCount = settings.subscribers ?? 1;
	for (let n = 0; n < subscriberCount; n++) {
		const acks: Buffer[] = [];
		const connection: Connection = await open(
			settings,
			`load-sub-${process.pid}-${n}`,
			onPacketOf(acks),
			() => {
				if (acks.length > 0) write(connection, Buffer.concat(acks.splice(0)));
				if (settings.window === undefined) return;
				const more = arrived;
				arrived = 0;
				send(more);
			},
		);
		const own = pairs.filter((_, index) => index % subscriberCount === n);
		for (let at = 0; at < own.length; at += 100) {
			write(connection, subscription(own.slice(at, at + 100), at + 1, qos));
		}
	}
	for (let n = 0; n < publisherCount; n++) {
		const answers: Buffer[] = [];
		const connection: Connection = await open(
			settings,
			`load-pub-${process.pid}-${n}`,
			(first, data, start) => {
				if (first >> 4 === PUBREC) answers.push(ack((PUBREL << 4) | 2, data, start));
			},
			() => {
				if (answers.length > 0) write(connection, Buffer.concat(answers.splice(0)));
			},
		);
		publishers.push(connection);
	}
	await Bun.sleep(200);

	let timer: Timer | undefined;
	if (settings.window !== undefined) send(settings.window);
	else {
		const { rate = 1 } = settings;
		const begun = performance.now();
		let done = 0;
		timer = setInterval(() => {
			const due = Math.floor(((performance.now() - begun) * rate) / 1000);
			send(due - done);
			done = due;
		}, TICK_MS);
	}
	await Bun.sleep(settings.warmupSeconds * 1000);
	const cpuBefore = process.cpuUsage();
	counting = true;
	const begun = performance.now();
	await Bun.sleep(settings.seconds * 1000);
	const took = (performance.now() - begun) / 1000;
	const perSecond = received / took;
	stopped = true;
	clearInterval(timer);
	const deadline = performance.now() + LATE_MS;
	const underWay = () => sent.reduce((sum, { waiting }) => sum + waiting, 0);
	while (underWay() > 0 && performance.now() < deadline) await Bun.sleep(5);
	const cpu = process.cpuUsage(cpuBefore);
	const lost = underWay();
	return {
		sent: sentCount,
		received: sentCount - lost,
		perSecond,
		p50: latencies.at(0.5),
		p90: latencies.at(0.9),
		p99: latencies.at(0.99),
		max: latencies.max,
		gap,
		cpu: (cpu.user + cpu.system) / 1e6,
	};
}

function ack(type: number, data: Buffer, idAt: number): Buffer {
	return Buffer.from([type, 2, data[idAt] ?? 0, data[idAt + 1] ?? 0]);
}

function subscription(pairs: readonly Pair[], id: number, qos: number): Buffer {
	const filters = pairs.map(({ from }) => {
		const name = Buffer.from(from);
		return Buffer.concat([
			Buffer.from([name.length >> 8, name.length & 0xff]),
			name,
			Buffer.from([qos]),
		]);
	});
	const body = Buffer.concat([Buffer.from([id >> 8, id & 0xff]), ...filters]);
	return Buffer.concat([header(0x82, body.length), body]);
}

if (import.meta.main) {
	const result = await run(JSON.parse(process.argv[2] ?? "{}") as LoadSettings);
	console.log(JSON.stringify(result));
	process.exit(0);
}
