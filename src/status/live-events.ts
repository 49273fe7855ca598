import {
	type ChangesView,
	type DeviceView,
	type GraphView,
	graphName,
	type StatusView,
} from "../contract/mod.ts";
import { type EventSource, eventText } from "../http/mod.ts";

/** What is shown; `Status` fulfils it. */
export interface LiveStatus {
	readonly view: StatusView;
	devices(): DeviceView[];
	graphs(): GraphView[];
	log(): ChangesView["log"];
	/** Whether newest values are kept from now on. */
	watch(isWatched: boolean): void;
}

/** For the streams of live pages. */
export const LIVE_STREAMS = {
	maxReaders: 20,
	maxUnread: 30,
	everyMs: 1000,
};

/** A page shows no more of each; the JSON under `/api/` has all. */
const MAX_DEVICES = 1000;
const MAX_GRAPHS = 500;

type Shown = Pick<ChangesView, "devices" | "graphs">;

/** What live pages are told: events `change` with a {@link ChangesView}, the first of which holds everything. */
export class LiveEvents implements EventSource {
	readonly #status: LiveStatus;
	#known: ReadonlyMap<string, string> = new Map();
	/** The lines of the last look. */
	#lines: ChangesView["log"] = [];

	constructor(status: LiveStatus) {
		this.#status = status;
	}

	enter(): void {
		this.#status.watch(true);
		this.#read();
	}

	leave(): void {
		this.#known = new Map();
		this.#status.watch(false);
	}

	everything(): string {
		// Newer lines are told to all pages at the next look.
		return changeText({ status: this.#status.view, ...this.#shown(), log: this.#lines });
	}

	changes(): string {
		return changeText(this.#read());
	}

	#shown(): Shown {
		const devices = this.#status.devices().slice(0, MAX_DEVICES);
		const graphs = this.#status.graphs().slice(0, MAX_GRAPHS);
		return {
			devices: Object.fromEntries(devices.map((device) => [device.id, device])),
			graphs: Object.fromEntries(graphs.map((graph) => [graphName(graph), graph])),
		};
	}

	/** What is new since the last call. */
	#read(): ChangesView {
		const { devices, graphs } = this.#shown();
		const now = new Map<string, string>();
		const changed = <T>(kind: string, entries: Readonly<Record<string, T | null>>) => {
			const found: Record<string, T | null> = {};
			for (const [key, entry] of Object.entries(entries)) {
				const text = JSON.stringify(entry);
				now.set(`${kind} ${key}`, text);
				if (this.#known.get(`${kind} ${key}`) !== text) found[key] = entry;
			}
			for (const name of this.#known.keys()) {
				if (name.startsWith(`${kind} `) && !now.has(name))
					found[name.slice(kind.length + 1)] = null;
			}
			return found;
		};
		const changes = {
			status: this.#status.view,
			devices: changed<DeviceView>("device", devices),
			graphs: changed<GraphView>("graph", graphs),
			log: this.#newLines(),
		};
		this.#known = now;
		return changes;
	}

	#newLines(): ChangesView["log"] {
		const seen = new Set(this.#lines.map((line) => JSON.stringify(line)));
		this.#lines = this.#status.log();
		return this.#lines.filter((line) => !seen.has(JSON.stringify(line)));
	}
}

function changeText(changes: ChangesView): string {
	return eventText("change", JSON.stringify(changes));
}
