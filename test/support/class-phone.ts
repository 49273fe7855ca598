// A phone of a class that comes back by itself, as its page does.
import { Phone } from "../ccm/support/class.ts";
import { EventReader } from "../ccm/support/event-reader.ts";
import { LONG_DEADLINE_MS, until } from "./waiting.ts";

const RETRY_MS = 200;
/** What a page takes for passing. */
const PASSING = [429, 503];

export class ClassPhone {
	readonly #place: string;
	#down: EventReader | undefined;
	#isOver = false;
	/** Streams it has had. */
	streams = 0;

	private constructor(
		readonly browser: Phone,
		readonly id: string,
	) {
		this.#place = `/da/${id}`;
	}

	/** @param base Of the server that it asks for everything. */
	static async join(base: string, code: string): Promise<ClassPhone> {
		const browser = new Phone(base);
		const phone = new ClassPhone(browser, await browser.join(code));
		void phone.#listen();
		return phone;
	}

	/** Whether a feature is linked, as far as its newest stream has said. */
	isLinked(feature: string): boolean {
		const linked = new Set<unknown>();
		for (const { name, data } of this.#down?.all ?? []) {
			if (name === "state") {
				for (const one of (data as { connected: unknown[] }).connected) linked.add(one);
			}
			if (name === "connect") linked.add(data);
			if (name === "disconnect") linked.delete(data);
		}
		return this.#down?.isOver === false && linked.has(feature);
	}

	/** Whether it was told that it has no seat any more. */
	get isRemoved(): boolean {
		return this.#down?.all.some(({ name }) => name === "removed") === true;
	}

	/** Sends a value until it is taken. */
	async send(feature: string, value: unknown): Promise<void> {
		const body = JSON.stringify([feature, value]);
		const isTaken = async () => {
			const answer = await this.browser.send("POST", `${this.#place}/up`, { body });
			if (PASSING.includes(answer.status)) await Bun.sleep(RETRY_MS);
			else if (answer.status !== 204) throw new Error(`${answer.status} ${await answer.text()}`);
			return answer.status === 204;
		};
		await until(isTaken, `a value of ${this.#place}`, { ms: LONG_DEADLINE_MS });
	}

	/** What its page is told. */
	info() {
		return this.browser.info(this.id);
	}

	async leave(): Promise<void> {
		this.#isOver = true;
		await this.#down?.leave();
	}

	async #listen(): Promise<void> {
		while (!this.#isOver && !this.isRemoved) {
			const headers = { accept: "text/event-stream" };
			const answer = await this.browser
				.send("GET", `${this.#place}/down`, { headers })
				.catch(() => undefined);
			if (answer?.status === 200) {
				this.streams += 1;
				const down = new EventReader(answer);
				this.#down = down;
				while (!down.isOver) await Bun.sleep(RETRY_MS);
			}
			await Bun.sleep(RETRY_MS);
		}
	}
}
