import type { HostPort } from "./address-turns.ts";
import {
	BrokerSession,
	type SessionDeps,
	type SessionOptions,
	type SessionSetting,
} from "./broker-session.ts";
import type { DataChannel } from "./data-channel.ts";

/** Sessions that live beside the main connection to another program's broker: connected while that is. */
export class ExternalSessions {
	readonly #setting: SessionSetting;
	readonly #deps: Omit<SessionDeps, "opened" | "ended">;
	readonly #open = new Set<DataChannel>();
	#address: HostPort | undefined;
	/** Monotonic; undefined while the main connection is there. */
	#lostSince: number | undefined = performance.now();
	/** How often the broker was lost. */
	losses = 0;

	constructor(setting: SessionSetting, deps: Omit<SessionDeps, "opened" | "ended">) {
		this.#setting = setting;
		this.#deps = deps;
	}

	/** For how long the broker has not been reached, in milliseconds; 0: it is. */
	get lostMs(): number {
		return this.#lostSince === undefined ? 0 : performance.now() - this.#lostSince;
	}

	/** One more, which connects when it is opened. */
	make(options: SessionOptions): BrokerSession {
		return new BrokerSession(options, this.#setting, {
			...this.#deps,
			opened: (channel) => {
				this.#open.add(channel);
				if (this.#address !== undefined) channel.open(this.#address);
			},
			ended: (channel) => this.#open.delete(channel),
		});
	}

	/** The main connection is there. */
	connect(address: HostPort): void {
		this.#address = address;
		this.#lostSince = undefined;
		for (const channel of this.#open) channel.open(address);
	}

	/** It is lost. */
	close(): void {
		this.#address = undefined;
		if (this.#lostSince === undefined) this.losses += 1;
		this.#lostSince ??= performance.now();
		for (const channel of this.#open) channel.close();
	}
}
