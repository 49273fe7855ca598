import { type Clock, type Logger, messageOf } from "../../kit/mod.ts";
import { Broadcast } from "./broadcast.ts";
import type { Ends } from "./connection.ts";
import { OldListener } from "./listener.ts";
import { readPath } from "./paths.ts";
import { OldError } from "./profile.ts";
import { type OldReply, PREFLIGHT, refusal } from "./replies.ts";
import type { OldRequest } from "./request-reader.ts";
import type { OldRequests } from "./requests.ts";

/** An operator's own page. @param path Behind `/da/`, decoded. @returns undefined when there is none at that path. */
export type OldPages = (path: string) => Promise<OldReply | undefined>;

export interface V1ServerOptions {
	readonly bind: string;
	/** 0: any that is free. */
	readonly port: number;
	/** UDP port to tell the network of the server; undefined: it is not told. */
	readonly broadcastPort: number | undefined;
}

export interface V1ServerDeps {
	readonly requests: OldRequests;
	/** What is served below `/da/`; undefined: nothing. */
	readonly pages?: OldPages | undefined;
	/** Where people look at devices. */
	readonly livePage: () => string;
	readonly clock: Clock;
	readonly log: Logger;
}

const NO_BODY: readonly string[] = ["GET", "HEAD"];

/** The server of the older protocol: HTTP of its own on a port of its own (`v1-http.md §7`). */
export class V1Server {
	readonly #deps: V1ServerDeps;
	readonly #listener: OldListener;
	readonly #broadcast: Broadcast | undefined;

	constructor({ broadcastPort, ...options }: V1ServerOptions, deps: V1ServerDeps) {
		this.#deps = deps;
		const { clock, log } = deps;
		this.#listener = new OldListener(options, {
			answer: (request, ends) => this.#answer(request, ends),
			...{ clock, log },
		});
		this.#broadcast =
			broadcastPort === undefined
				? undefined
				: new Broadcast({ bind: options.bind, port: broadcastPort }, { clock, log });
	}

	/** The port in use. */
	get port(): number {
		return this.#listener.port;
	}

	/** The broker is up. @throws ListenError */
	open(): void {
		this.#listener.start();
		this.#broadcast?.start();
	}

	/** Takes no more requests. */
	finish(): void {
		this.#broadcast?.stop();
		this.#listener.finish();
	}

	stop(): void {
		this.#broadcast?.stop();
		this.#listener.stop();
	}

	async #answer(request: OldRequest, ends: Ends): Promise<OldReply> {
		try {
			return await this.#carryOut(request, ends);
		} catch (error) {
			if (error instanceof OldError) return refusal(error.status, error.message, error.fields);
			this.#deps.log.error("request failed", { reason: messageOf(error) });
			return refusal(500, "the server failed; its log says why");
		}
	}

	async #carryOut(request: OldRequest, ends: Ends): Promise<OldReply> {
		const { requests, pages } = this.#deps;
		const { method, target, headers, body } = request;
		if (method === "OPTIONS") return PREFLIGHT;
		const { token, place } = readPath(target);
		const { remoteAddress, localAddress } = ends;
		const sender = { method, headers, remoteAddress, localAddress, token };
		const reads = NO_BODY.includes(method);
		switch (place.kind) {
			case "device":
				if (method === "POST") return requests.register(place.mac, body, sender);
				if (method === "DELETE") return requests.deregister(place.mac, sender);
				return wrongMethod(method, "POST or DELETE");
			case "feature":
				if (method === "PUT") return requests.push(place, body, sender);
				if (reads) return requests.pull(place, sender);
				return wrongMethod(method, "GET or PUT");
			case "tree":
				return reads ? requests.tree(sender) : wrongMethod(method, "GET");
			case "get-alias":
				return reads ? requests.alias(place, sender) : wrongMethod(method, "GET");
			case "set-alias":
				if (reads || method === "POST") return requests.alias(place, sender);
				return wrongMethod(method, "GET or POST");
			case "page":
				if (!reads) return wrongMethod(method, "GET");
				return (await pages?.(place.path)) ?? this.#notOffered();
			case "nothing":
				return this.#notOffered();
		}
	}

	#notOffered(): OldReply {
		const text = `there is no such page here; devices and graphs are shown at ${this.#deps.livePage()}`;
		return refusal(404, text);
	}
}

function wrongMethod(method: string, accepted: string): OldReply {
	return refusal(405, `unknown method ${method.slice(0, 20)}: use ${accepted}`);
}
