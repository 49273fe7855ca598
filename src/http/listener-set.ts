import { RenewableListener, type TlsKeys } from "../tls/mod.ts";
import type { ListenerInfo } from "./call.ts";
import { HttpListener, type Incoming } from "./http-listener.ts";

/** A further port that is served in the same way. */
export interface SecondPort {
	/** Address to bind to. */
	readonly bind: string;
	/** 0 takes any free port. */
	readonly port: number;
	/** The setting it comes from, for people to change. */
	readonly setting: string;
}

/** A port that is encrypted, whatever the others are. */
export interface SecurePort extends SecondPort {
	/** The current certificate. */
	readonly tls: () => TlsKeys;
}

export interface ListenerSetOptions {
	/** Address to bind to. */
	readonly bind: string;
	/** 0 takes any free port. */
	readonly port: number;
	/** Whether browsers reach that port encrypted, by its own certificate or a proxy's. */
	readonly isEncrypted: boolean;
	/** The current certificate of that port and the second one; undefined: neither is encrypted. */
	readonly tls: (() => TlsKeys) | undefined;
	/** A further port for the same; undefined: there is none. */
	readonly second?: SecondPort | undefined;
	/** An encrypted port besides; undefined: none from the start. */
	readonly secure?: SecurePort | undefined;
}

/** Answers a request. Must not throw. */
export type Answering = (incoming: Incoming, listener: ListenerInfo) => Promise<Response>;

/** The listeners of a server that answer the same: the usual port, a second one, and an encrypted one. */
export class ListenerSet {
	readonly #options: ListenerSetOptions;
	readonly #answer: Answering;
	readonly #main: RenewableListener<HttpListener>;
	readonly #second: RenewableListener<HttpListener>;
	readonly #secure: RenewableListener<HttpListener>;
	/** As it was opened. */
	#securePort: SecurePort | undefined;

	constructor(options: ListenerSetOptions, answer: Answering) {
		this.#options = options;
		this.#answer = answer;
		const { bind, tls } = options;
		const port = () => this.port;
		const usual = { isEncrypted: options.isEncrypted, port };
		this.#main = this.#listener(() => ({ bind, tls }), usual);
		this.#second = this.#listener(() => ({ bind, ...options.second, tls }), usual);
		this.#secure = this.#listener(() => ({ bind, tls: undefined, ...this.#securePort }), {
			isEncrypted: true,
			port: () => this.securePort ?? 0,
		});
	}

	/** The port in use. */
	get port(): number {
		return this.#main.port ?? this.#options.port;
	}

	/** The further port in use; undefined: there is none. */
	get secondPort(): number | undefined {
		return this.#second.port;
	}

	/** The encrypted port in use; undefined: there is none. */
	get securePort(): number | undefined {
		return this.#secure.port;
	}

	/** @throws ListenError when a port is not available; then it listens on none. */
	open(): void {
		const { port, second, secure } = this.#options;
		try {
			this.#main.open(port);
			if (second !== undefined) this.#second.open(second.port);
			if (secure !== undefined) this.openSecure(secure);
		} catch (error) {
			void this.close();
			throw error;
		}
	}

	/** Opens the encrypted port, once. @throws ListenError when it is not available. */
	openSecure(secure: SecurePort): void {
		this.#securePort = secure;
		this.#secure.open(secure.port);
	}

	/** Listens again with the current certificate; connections that are open stay. @throws ListenError */
	renewCertificate(): void {
		if (this.#options.tls !== undefined) {
			this.#main.renew();
			this.#second.renew();
		}
		this.#secure.renew();
	}

	/** Takes no more connections until {@link resume}; requests in progress are finished. */
	pause(): void {
		for (const listener of this.#all) listener.pause();
	}

	/** Takes connections again. @throws ListenError when a port is gone. */
	resume(): void {
		for (const listener of this.#all) listener.resume();
	}

	/** Takes no more connections and answers the requests that are in progress. */
	async finish(): Promise<void> {
		await Promise.all(this.#all.map((listener) => listener.stopAccepting()));
	}

	/** Closes what is left. */
	async close(): Promise<void> {
		await Promise.all(this.#all.map((listener) => listener.close()));
	}

	get #all(): readonly RenewableListener<HttpListener>[] {
		return [this.#main, this.#second, this.#secure];
	}

	/** @param options What counts when it begins to listen. */
	#listener(
		options: () => Pick<ListenerSetOptions, "bind" | "tls"> & Partial<SecondPort>,
		{ isEncrypted, port }: { readonly isEncrypted: boolean; readonly port: () => number },
	): RenewableListener<HttpListener> {
		const info: ListenerInfo = {
			isEncrypted,
			get port() {
				return port();
			},
		};
		return new RenewableListener((number) => {
			const { bind, tls, setting } = options();
			const named = setting === undefined ? {} : { portSetting: setting };
			return new HttpListener({ bind, tls, ...named }, number, (incoming) =>
				this.#answer(incoming, info),
			);
		});
	}
}
