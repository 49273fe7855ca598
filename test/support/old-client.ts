// A client of the older protocol: HTTP on a port of its own, as devices speak it.
import { createConnection } from "node:net";
import { v5 } from "uuid";
import { freePort } from "./ports.ts";
import { type IniChanges, startTarget, type Target } from "./target.ts";
import { until, within } from "./waiting.ts";

export interface OldAnswer {
	readonly status: number;
	readonly text: string;
	readonly headers: Headers;
}

/** The UUID of a device by what it calls its MAC address. */
export const idOf = (mac: string) => v5(mac, v5("urn:iottalk:v1", v5.URL));

/** What is asked of a server's port for the older protocol. */
export class OldApi {
	/** @param base Such as `http://127.0.0.1:9999`, perhaps with `/token/…`. */
	constructor(readonly base: string) {}

	async send(
		method: string,
		path: string,
		body?: unknown,
		headers: Readonly<Record<string, string>> = {},
	): Promise<OldAnswer> {
		const data = typeof body === "string" ? body : JSON.stringify(body);
		const response = await fetch(`${this.base}${path}`, {
			method,
			headers,
			...(body !== undefined && { body: data }),
		});
		return { status: response.status, text: await response.text(), headers: response.headers };
	}

	/** Status and text in one. */
	async said(...request: Parameters<OldApi["send"]>): Promise<string> {
		const { status, text } = await this.send(...request);
		return `${status} ${text}`;
	}

	/** Registers a device. @returns its password. */
	async register(mac: string, features: readonly string[], more: object = {}): Promise<string> {
		const profile = { dm_name: "Dummy_Device", is_sim: false, df_list: features, ...more };
		const { status, text } = await this.send("POST", `/${mac}`, { profile });
		if (status !== 200) throw new Error(`POST answered ${status}: ${text}`);
		return String(JSON.parse(text).password);
	}

	/** The newest samples of a feature. */
	async samples(
		mac: string,
		feature: string,
		headers: Readonly<Record<string, string>> = {},
	): Promise<[string, unknown][]> {
		const { status, text } = await this.send("GET", `/${mac}/${feature}`, undefined, headers);
		if (status !== 200) throw new Error(`GET answered ${status}: ${text}`);
		return JSON.parse(text).samples;
	}

	/** Polls until the newest sample is this one. */
	async shows(
		mac: string,
		feature: string,
		wanted: unknown,
		headers: Readonly<Record<string, string>> = {},
	): Promise<void> {
		let newest = "";
		const text = JSON.stringify(wanted);
		const isThere = async () => {
			newest = JSON.stringify((await this.samples(mac, feature, headers))[0]?.[1]);
			return newest === text;
		};
		await until(isThere, `${feature} to be ${text}`, { seen: () => newest });
	}

	/** Sends bytes on one connection. @returns what it said until so many answers were whole, or it closed. */
	async raw(pieces: readonly string[], answers: number): Promise<string> {
		const { hostname: host, port } = new URL(this.base);
		const socket = createConnection({ host, port: Number(port) });
		const whole = Promise.withResolvers<string>();
		let text = "";
		socket.on("data", (chunk) => {
			text += chunk.toString();
			if (wholeAnswers(text) >= answers) whole.resolve(text);
		});
		socket.on("error", () => {});
		socket.on("close", () => whole.resolve(text));
		for (const piece of pieces) socket.write(piece);
		try {
			return await within(whole.promise, `${answers} answers to ${pieces[0]?.slice(0, 40)}`);
		} finally {
			socket.destroy();
		}
	}
}

function wholeAnswers(text: string): number {
	let count = 0;
	for (let rest = text; ; count += 1) {
		const end = rest.indexOf("\r\n\r\n");
		const length = Number(/^Content-Length: (\d+)$/m.exec(rest)?.[1]);
		if (end < 0 || rest.length < end + 4 + length) return count;
		rest = rest.slice(end + 4 + length);
	}
}

/** A server that speaks it. */
export async function startOld(changes: IniChanges = {}): Promise<{ target: Target; old: OldApi }> {
	const port = await freePort();
	const target = await startTarget({ ...changes, v1: { port, ...changes.v1 } });
	return { target, old: new OldApi(`http://127.0.0.1:${port}`) };
}
