import type { Socket } from "node:dgram";
import { isIPv4 } from "node:net";
import { networkInterfaces } from "node:os";
import { type Cancel, type Clock, type Logger, messageOf } from "../../kit/mod.ts";

export interface BroadcastOptions {
	/** Address the server is bound to. */
	readonly bind: string;
	/** UDP port of those that look for it. */
	readonly port: number;
}

export interface BroadcastDeps {
	readonly clock: Clock;
	readonly log: Logger;
}

/** An address of this machine with its network's mask. */
export interface OwnAddress {
	readonly address: string;
	readonly netmask: string;
}

/** What clients listen for; its sender's address is where they register (`v1-http.md §1`). */
const MESSAGE = "easyconnect";
const EVERY_MS = 1000;

/** Tells the networks of this machine each second that there is a server. */
export class Broadcast {
	readonly #options: BroadcastOptions;
	readonly #deps: BroadcastDeps;
	/** One for each address: what it sends comes from there. */
	#sockets = new Map<string, Socket>();
	/** Addresses whose trouble the log has named. */
	readonly #failing = new Set<string>();
	#cancel: Cancel | undefined;

	constructor(options: BroadcastOptions, deps: BroadcastDeps) {
		this.#options = options;
		this.#deps = deps;
	}

	start(): void {
		this.#cancel = this.#deps.clock.after(EVERY_MS, () => this.start());
		const targets = targetsOf(this.#options.bind, ownAddresses());
		for (const [address, socket] of this.#sockets) {
			if (!targets.has(address)) this.#close(address, socket);
		}
		for (const address of this.#failing) if (!targets.has(address)) this.#failing.delete(address);
		for (const [address, target] of targets) this.#send(address, target);
	}

	stop(): void {
		this.#cancel?.();
		for (const [address, socket] of [...this.#sockets]) this.#close(address, socket);
	}

	#send(address: string, target: string): void {
		const known = this.#sockets.get(address);
		if (known !== undefined) {
			known.send(MESSAGE, this.#options.port, target, (error) => {
				if (error) this.#failed(address, known, error);
				else this.#failing.delete(address);
			});
			return;
		}
		// Few servers broadcast: the others need not load it.
		const { createSocket } = process.getBuiltinModule("node:dgram");
		const socket = createSocket("udp4");
		this.#sockets.set(address, socket);
		socket.on("error", (error) => this.#failed(address, socket, error));
		socket.bind({ address, port: 0 }, () => {
			try {
				socket.setBroadcast(true);
				if (this.#sockets.get(address) === socket) this.#send(address, target);
			} catch (error) {
				this.#failed(address, socket, error);
			}
		});
	}

	/** It is tried again with a new socket; that it failed is said once, until it works. */
	#failed(address: string, socket: Socket, error: unknown): void {
		const level = this.#failing.has(address) ? "debug" : "info";
		this.#failing.add(address);
		this.#deps.log[level]("cannot broadcast", { address, reason: messageOf(error) });
		if (this.#sockets.get(address) === socket) this.#close(address, socket);
	}

	#close(address: string, socket: Socket): void {
		this.#sockets.delete(address);
		try {
			socket.close();
		} catch {
			// It is closed already.
		}
	}
}

function ownAddresses(): OwnAddress[] {
	return Object.values(networkInterfaces())
		.flatMap((each) => each ?? [])
		.filter(({ family }) => family === "IPv4");
}

/** Own IPv4 addresses a server is reached at, each with the broadcast address of its network. */
export function targetsOf(bind: string, own: readonly OwnAddress[]): Map<string, string> {
	const isEverywhere = bind === "0.0.0.0" || bind === "::";
	const wanted = bind === "localhost" ? "127.0.0.1" : bind;
	const chosen = own.filter(
		({ address }) => address === wanted || (isEverywhere && !address.startsWith("127.")),
	);
	return new Map(chosen.map(({ address, netmask }) => [address, broadcastOf(address, netmask)]));
}

function broadcastOf(address: string, netmask: string): string {
	const mask = isIPv4(netmask) ? netmask.split(".") : ["255", "255", "255", "0"];
	return address
		.split(".")
		.map((part, at) => (Number(part) & Number(mask[at])) | (~Number(mask[at]) & 0xff))
		.join(".");
}
