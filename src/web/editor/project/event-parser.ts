/** An event of a stream: its name and its data. */
export interface StreamEvent {
	readonly name: string;
	readonly data: string;
}

/** Reads server-sent events from text that comes in pieces of any size; comments are dropped. */
export class EventParser {
	#rest = "";
	#name = "";
	#data: string[] = [];

	/** @returns the events that are whole now. */
	feed(text: string): StreamEvent[] {
		const lines = (this.#rest + text).split("\n");
		this.#rest = lines.pop() ?? "";
		return lines.flatMap((line) => this.#take(line.endsWith("\r") ? line.slice(0, -1) : line));
	}

	#take(line: string): StreamEvent[] {
		if (line === "") {
			const event = { name: this.#name, data: this.#data.join("\n") };
			const isEvent = this.#data.length > 0;
			this.#name = "";
			this.#data = [];
			return isEvent ? [event] : [];
		}
		const colon = line.indexOf(":");
		const field = colon < 0 ? line : line.slice(0, colon);
		const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
		if (field === "event") this.#name = value;
		if (field === "data") this.#data.push(value);
		return [];
	}
}
