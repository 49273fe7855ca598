// A phone of a class without its browser: it joins by what a QR code says, sends, and hears what is sent to it.
import { expect } from "bun:test";
import { messageOf } from "../../src/kit/mod.ts";
import { Phone } from "../ccm/support/class.ts";
import { EventReader } from "../ccm/support/event-reader.ts";
import { LONG_DEADLINE_MS, until } from "./waiting.ts";

export class PhoneClient {
	readonly #phone: Phone;
	readonly #place: string;
	#down: EventReader | undefined;

	private constructor(phone: Phone, id: string) {
		this.#phone = phone;
		this.#place = `/da/${id}`;
	}

	/** Takes a seat; the error begins with the status. @param address What the QR code says. */
	static async join(address: string, nickname = ""): Promise<PhoneClient> {
		const [base = "", code = ""] = address.split("/join/");
		const phone = new Phone(base);
		return new PhoneClient(phone, await phone.join(code, nickname));
	}

	/**
	 * How joining is refused, beginning with the status; undefined: it is not. `expect(…).rejects` waits in an event loop
	 * inside the event loop, in which Chromium's connection was lost now and then.
	 */
	static async refusal(address: string): Promise<string | undefined> {
		return PhoneClient.join(address).then(
			() => undefined,
			(error: unknown) => messageOf(error),
		);
	}

	/** Opens its stream, and waits for a feature to be connected. */
	async connect(feature: string): Promise<void> {
		const headers = { accept: "text/event-stream" };
		const down = new EventReader(await this.#phone.send("GET", `${this.#place}/down`, { headers }));
		this.#down = down;
		const isConnected = () => connectedOf(down).has(feature);
		await until(isConnected, `${feature} of ${this.#place}`, { ms: LONG_DEADLINE_MS });
	}

	/** Sends a value, which must be taken. */
	async send(feature: string, value: unknown): Promise<void> {
		const body = JSON.stringify([feature, value]);
		const answer = await this.#phone.send("POST", `${this.#place}/up`, { body });
		expect([answer.status, await answer.text()]).toEqual([204, ""]);
	}

	/** Whether its stream is still open. */
	get isThere(): boolean {
		return this.#down?.isOver === false;
	}

	/** Goes out of reach: it comes back with {@link connect}. */
	async sleep(): Promise<void> {
		await this.#down?.leave();
	}
}

/** Features that are connected by all that has been told: the state at first, and then what has changed. */
function connectedOf({ all }: EventReader): Set<string> {
	const now = new Set<string>();
	for (const { name, data } of all) {
		if (name === "state")
			for (const one of (data as { connected: string[] }).connected) now.add(one);
		if (name === "connect") now.add(String(data));
		if (name === "disconnect") now.delete(String(data));
	}
	return now;
}
