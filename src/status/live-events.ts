import type { ChangesView, DeviceView, GraphView } from "../contract/mod.ts";
import type { Status } from "./status.ts";

/** Pages that are told of changes at a time. */
const MAX_WATCHERS = 20;
/** A page shows no more of each; the JSON under `/api/` has all. */
const MAX_DEVICES = 1000;
const MAX_GRAPHS = 500;
const TICK_MS = 1000;
/** Events that may wait for a page that does not read. */
const MAX_UNREAD = 30;

type Watcher = ReadableStreamDefaultController<Uint8Array>;
type Shown = Omit<ChangesView, "status" | "log"> & { readonly log: readonly string[] };

/**
 * Tells live pages what has changed, once a second, as server-sent events: `change` with a
 * {@link ChangesView}, the first of which holds everything. Costs nothing while nobody looks.
 */
export class LiveEvents {
	readonly #status: Status;
	/** With whether each may go on. */
	readonly #watchers = new Map<Watcher, () => boolean>();
	readonly #encoder = new TextEncoder();
	#known: Map<string, string> = new Map();
	#seenLog: Set<string> = new Set();
	#timer: Timer | undefined;
	#stopWatching: (() => void) | undefined;

	constructor(status: Status) {
		this.#status = status;
	}

	/**
	 * A stream of events for one page; undefined when there are too many already.
	 * @param mayGoOn Asked before each event; the stream ends when it says no.
	 */
	open(mayGoOn: () => boolean): ReadableStream<Uint8Array> | undefined {
		if (this.#watchers.size >= MAX_WATCHERS) return undefined;
		let own: Watcher | undefined;
		return new ReadableStream<Uint8Array>({
			start: (watcher) => {
				own = watcher;
				this.#enter(watcher, mayGoOn);
			},
			cancel: () => {
				if (own !== undefined) this.#leave(own);
			},
		});
	}

	/** Says goodbye to all pages; they come back by themselves. */
	stop(): void {
		for (const watcher of [...this.#watchers.keys()]) this.#leave(watcher, true);
	}

	#enter(watcher: Watcher, mayGoOn: () => boolean): void {
		this.#watchers.set(watcher, mayGoOn);
		if (this.#timer === undefined) {
			this.#stopWatching = this.#status.watch();
			this.#changes();
			this.#timer = setInterval(() => this.#tick(), TICK_MS);
		}
		const { devices, graphs } = this.#shown();
		const log = this.#status.log();
		watcher.enqueue(this.#event({ status: this.#status.view, devices, graphs, log }));
	}

	#leave(watcher: Watcher, close = false): void {
		if (!this.#watchers.delete(watcher)) return;
		if (close) end(watcher);
		if (this.#watchers.size > 0) return;
		clearInterval(this.#timer);
		this.#timer = undefined;
		this.#known = new Map();
		this.#stopWatching?.();
	}

	/** One page's trouble is no other's; when there is nothing to tell, all of them come back by themselves. */
	#tick(): void {
		let event: Uint8Array;
		try {
			event = this.#event(this.#changes());
		} catch {
			this.stop();
			return;
		}
		for (const [watcher, mayGoOn] of [...this.#watchers]) {
			const isDeaf = (watcher.desiredSize ?? 0) < -MAX_UNREAD;
			try {
				if (isDeaf || !mayGoOn()) this.#leave(watcher, true);
				else watcher.enqueue(event);
			} catch {
				this.#leave(watcher, true);
			}
		}
	}

	#shown(): Pick<Shown, "devices" | "graphs"> {
		const devices = this.#status.devices().slice(0, MAX_DEVICES);
		const graphs = this.#status.graphs().slice(0, MAX_GRAPHS);
		return {
			devices: Object.fromEntries(devices.map((device) => [device.id, device])),
			graphs: Object.fromEntries(graphs.map((graph) => [`${graph.client}/${graph.graph}`, graph])),
		};
	}

	/** What is new since the last call. */
	#changes(): ChangesView {
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
		const lines = this.#status.log();
		const texts = lines.map((line) => JSON.stringify(line));
		const fresh = lines.filter((_, n) => !this.#seenLog.has(texts[n] ?? ""));
		this.#seenLog = new Set(texts);
		return fresh;
	}

	#event(changes: ChangesView): Uint8Array {
		return this.#encoder.encode(`event: change\ndata: ${JSON.stringify(changes)}\n\n`);
	}
}

/** Closes a stream; one whose page is gone is closed already. */
function end(watcher: Watcher): void {
	try {
		watcher.close();
	} catch {}
}
