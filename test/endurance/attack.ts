// A program of its own that misbehaves in one way until it is killed:
//   bun test/endurance/attack.ts <way> <mqtt port> <http port>
// It says "begun" once it is at it.
import type { Socket } from "bun";
import { generate, type Packet } from "mqtt-packet";
import { chance } from "../support/chance.ts";
import { connectPacket, malformedPacket, type Random } from "./mutations.ts";

const [way = "", mqttPort = "0", httpPort = "0", seed = "1", packets = "1000000"] =
	process.argv.slice(2);
/** Addresses of their own for many connections, so that no pair of ports is used up. */
const host = (n: number) => `127.0.0.${1 + (n % 50)}`;

/** How long an attacker waits for its turn. */
const PATIENCE_MS = 3000;

interface Bad {
	readonly socket: Socket;
	/** Resolves when the server says something, or ends the connection. */
	readonly answered: Promise<void>;
	readonly closed: Promise<void>;
}

async function open(n = 0, port = Number(mqttPort), read = true): Promise<Bad | undefined> {
	const { promise, resolve } = Promise.withResolvers<void>();
	const answer = Promise.withResolvers<void>();
	const over = () => {
		answer.resolve();
		resolve();
	};
	try {
		const socket = await Bun.connect({
			hostname: host(n),
			port,
			socket: { data: () => answer.resolve(), close: over, error: over },
		});
		if (!read) socket.pause();
		return { socket, answered: answer.promise, closed: promise };
	} catch {
		return undefined;
	}
}

const connectAs = (clientId: string, will = false) =>
	generate({
		cmd: "connect",
		protocolId: "MQTT",
		protocolVersion: 4,
		clientId,
		clean: true,
		keepalive: 0,
		...(will && {
			will: { topic: "attack/will", payload: Buffer.from("gone"), qos: 1, retain: true },
		}),
	});

const publish = (topic: string, payload: string | Buffer, retain = false) =>
	generate({ cmd: "publish", topic, payload, qos: 0, retain, dup: false } as Packet);

const subscribe = (topics: string[]) =>
	generate({
		cmd: "subscribe",
		messageId: 1,
		subscriptions: topics.map((topic) => ({ topic, qos: 0 })),
	});

async function client(n: number, clientId = `attack-${n}`, read = true): Promise<Bad | undefined> {
	const bad = await open(n, Number(mqttPort), read);
	bad?.socket.write(connectAs(clientId));
	return bad;
}

/** Runs a step so often a second, for ever. */
async function forever(perSecond: number, step: (turn: number) => unknown): Promise<never> {
	const begun = performance.now();
	for (let turn = 0; ; turn++) {
		await step(turn);
		const early = begun + (turn * 1000) / perSecond - performance.now();
		if (early > 1) await Bun.sleep(early);
	}
}

const many = <T>(count: number, make: (n: number) => T): Promise<Awaited<T>[]> =>
	Promise.all(Array.from({ length: count }, (_, n) => make(n)));

const begun = () => console.log("begun");

const WAYS: Readonly<Record<string, () => Promise<unknown>>> = {
	"subscribers that stop reading": async () => {
		const stuck = await many(20, (n) => client(n, `stuck-${n}`, false));
		for (const bad of stuck) bad?.socket.write(subscribe(["flood/#"]));
		const source = await client(0, "source");
		begun();
		await forever(1000, () => source?.socket.write(publish("flood/x", "x".repeat(1000))));
	},
	"a publisher at full speed": async () => {
		const source = await client(0, "flooder");
		const batch = Buffer.concat(Array.from({ length: 100 }, () => publish("flood/x", "[1,2,3]")));
		begun();
		for (let rest = batch; ; ) {
			const sent = source?.socket.write(rest) ?? 0;
			if (sent < 0) return;
			if (sent < rest.length) await Bun.sleep(1);
			rest = sent < rest.length ? rest.subarray(sent) : batch;
		}
	},
	"thousands of connections": async () => {
		const held = await many(3000, (n) => client(n));
		begun();
		await forever(200, async (turn) => {
			const n = turn % held.length;
			held[n]?.socket.terminate();
			held[n] = await client(n);
		});
	},
	"connections that never say CONNECT": async () => {
		const start = async (n: number) => {
			const bad = await open(n);
			bad?.socket.write(Buffer.from([0x10]));
			return bad;
		};
		await many(1500, start);
		begun();
		await forever(200, start);
	},
	"one client id, again and again": async () => {
		begun();
		await forever(300, (turn) => client(turn, "the same"));
	},
	"wills of clients that vanish": async () => {
		begun();
		await forever(200, async (turn) => {
			const bad = await open(turn);
			bad?.socket.write(connectAs(`will-${turn}`, true));
			setTimeout(() => bad?.socket.terminate(), 100);
		});
	},
	"packets of 200 MB": async () => {
		begun();
		await forever(200, async (turn) => {
			const bad = await client(turn);
			bad?.socket.write(Buffer.from([0x30, 0xff, 0xff, 0xff, 0x63]));
			bad?.socket.write(Buffer.alloc(100_000));
		});
	},
	"topics of a hundred levels": async () => {
		const bad = await client(0);
		bad?.socket.write(subscribe(["a/".repeat(99), "+/".repeat(98)]));
		begun();
		await forever(500, async (turn) => {
			bad?.socket.write(publish("a/".repeat(99), "x"));
			if (turn % 10 > 0) return;
			const other = await client(turn);
			other?.socket.write(publish("/".repeat(60_000), "x"));
		});
	},
	"a storm of wildcards": async () => {
		const clients = await many(20, (n) => client(n));
		const filters = Array.from({ length: 128 }, (_, n) =>
			[...n.toString(2).padStart(7, "0")].map((bit) => (bit === "1" ? "+" : "w")).join("/"),
		);
		for (const bad of clients) bad?.socket.write(subscribe([...filters, "#"]));
		begun();
		await forever(20, () => clients[0]?.socket.write(publish("w/w/w/w/w/w/w", "x")));
	},
	"subscriptions by the ten thousand": async () => {
		const clients = await many(10, (n) => client(n));
		begun();
		await forever(20, (turn) => {
			const topics = Array.from({ length: 1000 }, (_, n) => `many/${turn}/${n}`);
			clients[turn % clients.length]?.socket.write(subscribe(topics));
		});
	},
	"retained messages and who wants them all": async () => {
		const source = await client(0, "hoarder");
		for (let n = 0; n < 12_000; n++) source?.socket.write(publish(`kept/${n}`, "x", true));
		const clients = await many(5, (n) => client(n, `reader-${n}`));
		begun();
		await forever(2, (turn) => clients[turn % 5]?.socket.write(subscribe(["kept/#", "+/none"])));
	},
	"HTTP bodies that drip": async () => {
		const drip = async (n: number) => {
			const bad = await open(n, Number(httpPort));
			bad?.socket.write(
				`PUT /df682f01-7c3a-49fd-8f5f-72ce0b6e68c0 HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n`,
			);
			return bad;
		};
		const slow = await many(1000, drip);
		begun();
		await forever(500, (turn) => slow[turn % slow.length]?.socket.write("x"));
	},
	"idle HTTP connections by the thousand": async () => {
		const idle = await many(3000, (n) => open(n, Number(httpPort)));
		begun();
		await forever(200, (turn) =>
			idle[turn % idle.length]?.socket.write("GET /health HTTP/1.1\r\nHost: x\r\n\r\n"),
		);
	},
	"pipelined HTTP garbage": async () => {
		begun();
		await forever(300, async (turn) => {
			const bad = await open(turn, Number(httpPort));
			bad?.socket.write(
				`${"GET /health HTTP/1.1\r\nHost: x\r\n\r\n".repeat(5)}${"\x00\xff".repeat(500)}\r\n\r\n`,
			);
		});
	},
	"malformed packets": () => fuzz(Number(packets)),
};

async function fuzz(wanted: number): Promise<void> {
	begun();
	let sent = 0;
	let connections = 0;
	await many(10, async (number) => {
		const random = chance(Number(seed) + number);
		while (sent < wanted) {
			sent += await spoil(number, random);
			connections += 1;
		}
	});
	console.log(`${sent} packets on ${connections} connections`);
}

/** One connection that sends malformed packets until it is closed or has sent enough. */
async function spoil(number: number, random: Random): Promise<number> {
	const bad = await open(number);
	if (bad === undefined) return 0;
	let isOpen = true;
	const closed = bad.closed.then(() => {
		isOpen = false;
	});
	// One in four says nothing sensible at all; the others wait until they are let in, so as to be heard.
	if (random() < 0.75) {
		bad.socket.write(connectPacket(random, `fuzz-${Math.floor(random() * 50)}`));
		await Promise.race([bad.answered, Bun.sleep(PATIENCE_MS)]);
	}
	let sent = 0;
	while (isOpen && sent < 50) {
		bad.socket.write(malformedPacket(random));
		sent += 1;
		if (random() < 0.2) await Promise.race([closed, Bun.sleep(0)]);
	}
	await Promise.race([bad.answered, Bun.sleep(PATIENCE_MS)]);
	await Promise.race([closed, Bun.sleep(random() * 30)]);
	bad.socket.terminate();
	return sent;
}

if (way === "--list") console.log(JSON.stringify(Object.keys(WAYS)));
else await WAYS[way]?.();
process.exit(0);
