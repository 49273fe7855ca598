import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { PhoneClock } from "../phone-clock.ts";
import type { ask } from "./ask.ts";
import type { DeviceAccess, Opened, Shut, State } from "./device-access.ts";
import { troubleOf } from "./device-access.ts";
import type { DownEnd, ReadDown } from "./down-readers.ts";
import { GrowingPause } from "./growing-pause.ts";
import { LinkedFeatures, type Received } from "./linked-features.ts";
import { UpQueue } from "./up-queue.ts";

export interface DeviceDeps {
	readonly ask: typeof ask;
	readonly read: ReadDown;
	readonly clock: PhoneClock;
	/** 0 to 1. */
	readonly random: () => number;
}

/** A stream that was silent for so long may be dead when a phone wakes up. */
const STALE_MS = 20_000;
/** A stream that lived that long is opened again before anything is said of trouble. */
const SETTLED_MS = 10_000;

/** The page as a device: gets access, sends, receives, and gets over all that passes. */
export class Device {
	readonly #access: DeviceAccess;
	readonly #deps: DeviceDeps;
	readonly #queue: UpQueue;
	readonly #pause: GrowingPause;
	readonly #state = signal<State>("starting");
	readonly #opened = signal<Opened | undefined>(undefined);
	readonly #links = new LinkedFeatures((feature, last) => this.#queue.put(feature, last));
	readonly #isSlow = signal(false);
	readonly #name = signal("");
	/** Its name. */
	readonly name = computed(() => this.#name.value || (this.#opened.value?.name ?? ""));
	#reason = "";
	#rev = "";
	#signAt = 0;
	#reading: AbortController | undefined;
	#refusedBy: number | undefined;
	#endPause: (() => void) | undefined;
	#reopen: (() => void) | undefined;

	constructor(access: DeviceAccess, deps: DeviceDeps) {
		this.#access = access;
		this.#deps = deps;
		this.#pause = new GrowingPause(deps.random);
		this.#queue = new UpQueue({
			clock: deps.clock,
			send: (body) => deps.ask("POST", this.#address("up"), { body, headers: this.#headers }),
			onRefused: (status) => this.#refuse(status),
			onPace: (isSlow) => {
				this.#isSlow.value = isSlow;
			},
		});
	}

	get state(): ReadonlySignal<State> {
		return this.#state;
	}

	/** What it is; undefined until the server has said so. */
	get opened(): ReadonlySignal<Opened | undefined> {
		return this.#opened;
	}

	/** Names of the features that are linked. */
	get connected(): ReadonlySignal<ReadonlySet<string>> {
		return this.#links.names;
	}

	/** Whether it sends less often, for the sake of the network. */
	get isSlow(): ReadonlySignal<boolean> {
		return this.#isSlow;
	}

	/** Why the server refused it, in the server's words. */
	get reason(): string {
		return this.#reason;
	}

	/** Of its registration. */
	get rev(): string {
		return this.#rev;
	}

	/** Values that come for an output, the newest. */
	received(feature: string): ReadonlySignal<Received | undefined> {
		return this.#links.received(feature);
	}

	/** Sends a value of an input, unless a newer one comes first; a feature that is not linked yet has it sent later. */
	send(feature: string, values: readonly unknown[]): void {
		this.#links.note(feature, values);
		if (this.#links.isLinked(feature)) this.#queue.put(feature, values);
	}

	/** Sends a value of an input that counts by itself, as a button's. */
	press(feature: string, values: readonly unknown[]): void {
		if (this.#links.isLinked(feature)) this.#queue.step(feature, values);
	}

	/** Goes on for as long as the page is open. */
	async run(): Promise<never> {
		for (;;) {
			const opened = await this.#access.open();
			if (opened.kind === "open") {
				this.#opened.value = opened;
				await this.#live();
			} else {
				await this.#wait(opened);
			}
		}
	}

	/** Asks for access again after it was refused for good: someone wants it. */
	again(): void {
		this.#reopen?.();
	}

	/** Tries now instead of later: the network is back, or the phone has woken up. */
	wake(): void {
		this.#pause.reset();
		this.#endPause?.();
		const isStale = this.#deps.clock.now() - this.#signAt > STALE_MS;
		if (isStale) this.#reading?.abort();
	}

	/** Ends the device's stream as if the server had done so. @param status As of a refusal. */
	#refuse(status: number): void {
		this.#refusedBy = status;
		this.#reading?.abort();
	}

	get #headers(): Readonly<Record<string, string>> {
		return this.#opened.value?.headers ?? {};
	}

	#address(what: "up" | "down"): string {
		return `${this.#opened.value?.id}/${what}`;
	}

	/** Reads until the device is refused. */
	async #live(): Promise<void> {
		const { clock, read } = this.#deps;
		for (;;) {
			const startedAt = clock.now();
			this.#reading = new AbortController();
			this.#refusedBy = undefined;
			const end: DownEnd = await read({
				...{ url: this.#address("down"), headers: this.#headers, clock },
				signal: this.#reading.signal,
				onEvent: (name, data) => this.#take(name, data),
				onSign: () => {
					this.#signAt = clock.now();
				},
			});
			this.#queue.close();
			const status = this.#refusedBy ?? (end.kind === "refused" ? end.status : undefined);
			if (status !== undefined) {
				this.#links.begin([]);
				const next = this.#access.afterRefusal(status);
				return this.#wait(next === "open again" ? this.#passing() : next);
			}
			const hasLived = this.#state.value === "ready" && clock.now() - startedAt > SETTLED_MS;
			const retryAfterS = end.kind === "lost" ? (end.retryAfterS ?? 0) : 0;
			if (!hasLived) await this.#wait(troubleOf({ status: 0, retryAfterS }));
			// An EventSource tells nothing of refusals: the server says why when it is asked for access again.
			if (!hasLived && this.#access.hasCookie) return;
		}
	}

	/** Before it asks again what became of it. */
	#passing(): Shut {
		return { kind: "wait", state: this.#state.value };
	}

	async #wait({ kind, state, reason = "", retryAfterS }: Shut): Promise<void> {
		this.#reason = reason;
		this.#state.value = state;
		if (kind === "stop") {
			await new Promise<void>((resolve) => {
				this.#reopen = resolve;
			});
			this.#reopen = undefined;
			this.#state.value = "starting";
			return;
		}
		await new Promise<void>((resolve) => {
			const cancel = this.#deps.clock.after(this.#pause.next(retryAfterS), resolve);
			this.#endPause = () => {
				cancel();
				resolve();
			};
		});
		this.#endPause = undefined;
	}

	#take(name: string, data: unknown): void {
		if (name === "state") this.#begin(data);
		else if (name === "removed") this.#refuse(0);
		else this.#links.take(name, data);
	}

	#begin(data: unknown): void {
		const { rev, name, connected }: { rev?: unknown; name?: unknown; connected?: unknown } =
			typeof data === "object" && data !== null ? data : {};
		this.#rev = typeof rev === "string" ? rev : this.#rev;
		this.#name.value = typeof name === "string" ? name : this.#name.value;
		this.#pause.reset();
		this.#links.begin(connected);
		this.#state.value = "ready";
		this.#queue.open();
	}
}
