import type { ListenerInfo } from "./call.ts";

/**
 * Cookies of another server under names of this one: browsers share cookies between the ports of a host, and that
 * server must not be shown those of any other.
 */
export class ForwardedCookies {
	readonly #prefix: (listener: ListenerInfo) => string;

	constructor(prefix: (listener: ListenerInfo) => string) {
		this.#prefix = prefix;
	}

	/** `Cookie` for the other server: what it has set itself. @param listener The one a request came by. */
	asked(cookie: string | null, listener: ListenerInfo): string {
		const prefix = this.#prefix(listener);
		return (cookie ?? "")
			.split(";")
			.map((pair) => pair.trim())
			.filter((pair) => pair.startsWith(prefix))
			.map((pair) => pair.slice(prefix.length))
			.join("; ");
	}

	/**
	 * `Set-Cookie` for a browser; it is this host's, whatever domain the other server names. By a listener that is not
	 * encrypted, browsers keep no `Secure` cookie.
	 */
	answered(setCookie: string, listener: ListenerInfo): string {
		const [pair = "", ...attributes] = setCookie.split(";").map((part) => part.trim());
		const kept = attributes.filter((one) => !/^(secure|domain\b.*)$/i.test(one));
		const secure = listener.isEncrypted ? ["Secure"] : [];
		return [`${this.#prefix(listener)}${pair}`, ...kept, ...secure].join("; ");
	}
}
