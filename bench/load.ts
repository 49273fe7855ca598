// The load generator, a process of its own: bun bench/load.ts '<settings as JSON>' prints a result as JSON.
// Closed loop: so many messages are in flight all the time. Open loop: so many are sent a second, come what may.
import { readArguments } from "../scripts/program-arguments.ts";
import { publishFrame } from "../test/support/raw-mqtt.ts";
import {
	ack,
	type Connection,
	type OnPacket,
	open,
	subscription,
	write,
} from "./load-connection.ts";
import { Histogram, Sent } from "./load-latencies.ts";

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
	readonly p95: number;
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
const SETTLE_MS = 200;
const TICK_MS = 1;
const FILTERS_AT_ONCE = 100;

/** Publishes, receives and counts. */
class Load {
	readonly #settings: LoadSettings;
	readonly #sent: readonly Sent[];
	readonly #frames: readonly ReturnType<typeof publishFrame>[];
	readonly #indexOf: ReadonlyMap<string, number>;
	readonly #publishers: Connection[] = [];
	readonly latencies = new Histogram();
	/** Whether what happens now counts: after the warm-up. */
	isCounting = false;
	isStopped = false;
	sentCount = 0;
	received = 0;
	gap = 0;
	#arrived = 0;
	#lastArrival = 0;
	#turn = 0;
	#nextId = 1;

	constructor(settings: LoadSettings) {
		const { pairs, payload, qos } = settings;
		this.#settings = settings;
		this.#sent = pairs.map(() => new Sent());
		this.#frames = pairs.map(({ to }) => publishFrame(to, payload, qos));
		this.#indexOf = new Map(pairs.map(({ from }, index) => [from, index]));
	}

	/** Messages that have not arrived. */
	get inFlight(): number {
		return this.#sent.reduce((sum, { waiting }) => sum + waiting, 0);
	}

	/** Opens all connections and subscribes. */
	async connect(): Promise<void> {
		const { publishers = 1, subscribers = 1 } = this.#settings;
		for (let n = 0; n < subscribers; n++) await this.#subscribe(n, subscribers);
		for (let n = 0; n < publishers; n++) this.#publishers.push(await this.#publisher(n));
	}

	async #subscribe(n: number, all: number): Promise<void> {
		const { pairs, qos, window } = this.#settings;
		const acks: Buffer[] = [];
		const name = `load-sub-${process.pid}-${n}`;
		const connection: Connection = await open(this.#settings, name, this.#onPacketOf(acks), () => {
			if (acks.length > 0) write(connection, Buffer.concat(acks.splice(0)));
			if (window === undefined) return;
			const more = this.#arrived;
			this.#arrived = 0;
			this.send(more);
		});
		const own = pairs.filter((_, index) => index % all === n).map(({ from }) => from);
		for (let at = 0; at < own.length; at += FILTERS_AT_ONCE) {
			write(connection, subscription(own.slice(at, at + FILTERS_AT_ONCE), at + 1, qos));
		}
	}

	async #publisher(n: number): Promise<Connection> {
		const answers: Buffer[] = [];
		const onPacket: OnPacket = (first, data, start) => {
			if (first >> 4 === PUBREC) answers.push(ack((PUBREL << 4) | 2, data, start));
		};
		const name = `load-pub-${process.pid}-${n}`;
		const connection: Connection = await open(this.#settings, name, onPacket, () => {
			if (answers.length > 0) write(connection, Buffer.concat(answers.splice(0)));
		});
		return connection;
	}

	#onPacketOf(acks: Buffer[]): OnPacket {
		return (first, data, start) => {
			const type = first >> 4;
			if (type === PUBREL) acks.push(ack(PUBCOMP << 4, data, start));
			if (type !== PUBLISH) return;
			const topicLength = ((data[start] ?? 0) << 8) | (data[start + 1] ?? 0);
			const packetQos = (first >> 1) & 3;
			const idAt = start + 2 + topicLength;
			if (packetQos > 0) acks.push(ack((packetQos === 1 ? PUBACK : PUBREC) << 4, data, idAt));
			const isOnly = this.#sent.length === 1;
			this.#take(isOnly ? 0 : (this.#indexOf.get(data.toString("latin1", start + 2, idAt)) ?? 0));
		};
	}

	/** A message of a pair has arrived. */
	#take(index: number): void {
		const now = performance.now();
		const queue = this.#sent[index];
		if (queue === undefined || queue.waiting === 0) return;
		const at = queue.shift();
		this.#arrived += 1;
		if (!this.isCounting) return;
		this.received += 1;
		this.latencies.add(now - at, 1);
		if (this.#lastArrival > 0) this.gap = Math.max(this.gap, now - this.#lastArrival);
		this.#lastArrival = now;
	}

	/** Publishes so many messages, in turn over pairs and connections. */
	send(count: number): void {
		if (count <= 0 || this.isStopped) return;
		const now = performance.now();
		const parts: Buffer[][] = this.#publishers.map(() => []);
		for (let n = 0; n < count; n++) {
			const index = this.#turn % this.#frames.length;
			parts[this.#turn % parts.length]?.push(this.#frameOf(index));
			this.#sent[index]?.push(now, 1);
			this.#turn += 1;
		}
		if (this.isCounting) this.sentCount += count;
		for (const [n, publisher] of this.#publishers.entries()) {
			const own = parts[n];
			if (own !== undefined && own.length > 0) write(publisher, Buffer.concat(own));
		}
	}

	#frameOf(index: number): Buffer {
		const template = this.#frames[index];
		if (template === undefined) throw new Error("there is no pair of topics");
		if (this.#settings.qos === 0) return template.frame;
		const frame = Buffer.from(template.frame);
		frame.writeUInt16BE(this.#nextId, template.idAt);
		this.#nextId = this.#nextId === 65_535 ? 1 : this.#nextId + 1;
		return frame;
	}
}

/** Keeps messages coming. @returns what ends it. */
function drive(load: Load, { window, rate = 1 }: LoadSettings): () => void {
	if (window !== undefined) {
		load.send(window);
		return () => {};
	}
	const begun = performance.now();
	let done = 0;
	const timer = setInterval(() => {
		const due = Math.floor(((performance.now() - begun) * rate) / 1000);
		load.send(due - done);
		done = due;
	}, TICK_MS);
	return () => clearInterval(timer);
}

/** Runs the load. */
export async function run(settings: LoadSettings): Promise<LoadResult> {
	const load = new Load(settings);
	await load.connect();
	await Bun.sleep(SETTLE_MS);
	const end = drive(load, settings);
	await Bun.sleep(settings.warmupSeconds * 1000);
	const cpuBefore = process.cpuUsage();
	load.isCounting = true;
	const begun = performance.now();
	await Bun.sleep(settings.seconds * 1000);
	const perSecond = load.received / ((performance.now() - begun) / 1000);
	load.isStopped = true;
	end();
	const deadline = performance.now() + LATE_MS;
	while (load.inFlight > 0 && performance.now() < deadline) await Bun.sleep(5);
	const cpu = process.cpuUsage(cpuBefore);
	const { sentCount, latencies, gap } = load;
	return {
		sent: sentCount,
		received: sentCount - load.inFlight,
		perSecond,
		p50: latencies.at(0.5),
		p90: latencies.at(0.9),
		p95: latencies.at(0.95),
		p99: latencies.at(0.99),
		max: latencies.max,
		gap,
		cpu: (cpu.user + cpu.system) / 1e6,
	};
}

if (import.meta.main) {
	const { positionals } = readArguments(
		{
			usage: "bun bench/load.ts SETTINGS",
			about: "Loads a server for other benchmarks. SETTINGS: a LoadSettings as JSON.",
			words: { are: "a JSON object", fits: (word) => word.startsWith("{"), most: 1 },
		},
		{},
	);
	const result = await run(JSON.parse(positionals[0] ?? "{}") as LoadSettings);
	console.log(JSON.stringify(result));
	process.exit(0);
}
