import type { CcmDeviceEvents, ProjectEvents } from "../../../src/contract/mod.ts";
import { Inbox, until } from "../../support/waiting.ts";

type Events = ProjectEvents & CcmDeviceEvents;
type Name = keyof Events;
export interface Told {
	readonly name: string;
	readonly data: unknown;
}

/** Reads a stream of events: of a project, or of devices. */
export class EventReader {
	readonly inbox = new Inbox<Told>();
	/** Everything that came, in order. */
	readonly all: Told[] = [];
	comments = 0;
	isOver = false;
	readonly #reader: Pick<ReadableStreamDefaultReader<Uint8Array>, "read" | "cancel">;

	constructor(readonly response: Response) {
		this.#reader = (response.body ?? new ReadableStream<Uint8Array>()).getReader();
		void this.#read();
	}

	/** The next event of a name that fits, now or when it comes; others stay. */
	async next<K extends Name>(
		name: K,
		fits: (data: Events[K]) => boolean = () => true,
	): Promise<Events[K]> {
		const isIt = (told: Told) => told.name === name && fits(told.data as Events[K]);
		return (await this.inbox.take(`an event ${name}`, isIt)).data as Events[K];
	}

	/** Resolves when the server has ended the stream. */
	over(): Promise<void> {
		return until(() => this.isOver, "the end of the stream");
	}

	async leave(): Promise<void> {
		await this.#reader.cancel().catch(() => {});
	}

	async #read(): Promise<void> {
		const decoder = new TextDecoder();
		let text = "";
		try {
			for (;;) {
				const { value, done } = await this.#reader.read();
				if (done) break;
				text += decoder.decode(value, { stream: true });
				const events = text.split("\n\n");
				text = events.pop() ?? "";
				for (const event of events) this.#take(event);
			}
		} catch {
			// The connection was cut.
		}
		this.isOver = true;
	}

	#take(event: string): void {
		if (event.startsWith(":")) {
			this.comments += 1;
			return;
		}
		const [, name = "", json = ""] = /^event: (\w+)\ndata: (.*)$/s.exec(event) ?? [];
		const told = { name, data: JSON.parse(json) };
		this.all.push(told);
		this.inbox.add(told);
	}
}
