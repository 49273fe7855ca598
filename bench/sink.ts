// The least there can be behind a socket: gives every publisher's bytes to the subscriber as they are.
// What the load generator reaches against it is what the generator itself is capable of.
import type { Socket } from "bun";
import type { Subject } from "./servers.ts";

const CONNACK = Buffer.from([0x20, 2, 0, 0]);

export async function sink(): Promise<Subject> {
	let subscriber: Socket | undefined;
	let waiting = Buffer.alloc(0);
	const flush = () => {
		if (subscriber === undefined || waiting.length === 0) return;
		waiting = waiting.subarray(Math.max(0, subscriber.write(waiting)));
	};
	const server = Bun.listen({
		hostname: "127.0.0.1",
		port: 0,
		socket: {
			data: (socket, chunk) => {
				if (chunk[0] === 0x10) socket.write(CONNACK);
				else if (chunk[0] === 0x82) subscriber = socket;
				else {
					waiting = Buffer.concat([waiting, chunk]);
					flush();
				}
			},
			drain: flush,
		},
	});
	return {
		name: "nothing but a socket",
		port: server.port,
		pairs: [{ to: "bench/raw", from: "bench/raw" }],
		pids: () => ({}),
		stop: async () => server.stop(true),
	};
}
