/**
 * Cookies of another server under names of this one: browsers share cookies between the ports of a host, and that
 * server must not be shown those of any other.
 */
export class ForwardedCookies {
	readonly #prefix: () => string;
	readonly #isEncrypted: boolean;

	/** @param isEncrypted Whether browsers reach this server encrypted; where not, they keep no `Secure` cookie. */
	constructor(prefix: () => string, isEncrypted: boolean) {
		this.#prefix = prefix;
		this.#isEncrypted = isEncrypted;
	}

	/** `Cookie` for the other server: what it has set itself. */
	asked(cookie: string | null): string {
		const prefix = this.#prefix();
		return (cookie ?? "")
			.split(";")
			.map((pair) => pair.trim())
			.filter((pair) => pair.startsWith(prefix))
			.map((pair) => pair.slice(prefix.length))
			.join("; ");
	}

	/** `Set-Cookie` for a browser; it is this host's, whatever domain the other server names. */
	answered(setCookie: string): string {
		const [pair = "", ...attributes] = setCookie.split(";").map((part) => part.trim());
		const kept = attributes.filter((one) => !/^(secure|domain\b.*)$/i.test(one));
		const secure = this.#isEncrypted ? ["Secure"] : [];
		return [`${this.#prefix()}${pair}`, ...kept, ...secure].join("; ");
	}
}
