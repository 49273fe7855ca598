import { AccountWatch } from "../auth/mod.ts";
import {
	DescriptorWatch,
	descriptorLimit,
	type Entrance,
	FilesWatch,
	Spare,
} from "../daemon/mod.ts";
import { type Log, systemClock } from "../kit/mod.ts";
import type { Foundation } from "./core.ts";
import type { Part } from "./module.ts";
import { part } from "./part-list.ts";

interface Troubled {
	/** Undefined while all is well. */
	readonly problem: string | undefined;
}

/** What is wrong with some parts at the moment. */
function problemsOf(...parts: readonly (Troubled | undefined)[]): string[] {
	return parts.flatMap((troubled) => troubled?.problem ?? []);
}

/** What a server keeps an eye on while it runs: its files, free descriptors, and accounts changed by other processes. */
export class Watches {
	readonly #foundation: Foundation;
	readonly #files: FilesWatch;
	readonly #log: Log;
	#descriptors: DescriptorWatch | undefined;

	/** @param files Those it cannot do without, in words. */
	constructor(foundation: Foundation, files: ReadonlyMap<string, string>, log: Log) {
		this.#foundation = foundation;
		this.#files = new FilesWatch({ files, log: log.component("server") });
		this.#log = log;
	}

	/** What is wrong with what the server stands on. */
	get ofFoundation(): string[] {
		const { store, broker, probe, isNode } = this.#foundation;
		return problemsOf(...new Set([...(isNode ? [] : [store]), store.local, broker, probe]));
	}

	/** What is wrong with it as well, but keeps the server from no work that another node could do instead. */
	get cautions(): string[] {
		const { store, isNode } = this.#foundation;
		return isNode ? problemsOf(store) : [];
	}

	/** What they have found. */
	get problems(): string[] {
		return [...problemsOf(this.#descriptors), ...this.#files.problems];
	}

	/** @param http Where connections come in, besides the broker's listeners. */
	parts(http: Entrance): Part[] {
		const { entrance, accounts, auth, broker } = this.#foundation;
		this.#descriptors = new DescriptorWatch({
			entrances: entrance === undefined ? [http] : [entrance, http],
			spare: new Spare(),
			limit: descriptorLimit(),
			clock: systemClock,
			log: this.#log.component("server"),
		});
		const watch = new AccountWatch({
			accounts,
			onChange: () => {
				auth.sessions.endRevoked();
				broker.disconnectRevoked();
			},
			log: this.#log.component("auth"),
		});
		return [
			part("descriptors", this.#descriptors),
			part("account watch", watch),
			part("files", this.#files),
		];
	}
}
