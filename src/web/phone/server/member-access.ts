import type { MemberInfo } from "../../../contract/mod.ts";
import type { ask } from "./ask.ts";
import {
	type DeviceAccess,
	isPassing,
	type Opened,
	type Shut,
	troubleOf,
} from "./device-access.ts";

/** A seat in a class: who asks is known by a cookie, and what the page is to be the server says. */
export class MemberAccess implements DeviceAccess {
	readonly hasCookie = true;
	readonly #id: string;
	readonly #ask: typeof ask;

	/** @param id Of the page's address, `…/da/<id>`. */
	constructor(id: string, asking: typeof ask) {
		this.#id = id;
		this.#ask = asking;
	}

	async open(): Promise<Opened | Shut> {
		const answer = await this.#ask("GET", `${this.#id}/info`);
		const { status, body } = answer;
		if (status === 200) return this.#opened(body as unknown as MemberInfo);
		if (isPassing(status)) return troubleOf(answer);
		if (body.why === "ended") return { kind: "stop", state: "ended" };
		if (body.why === "removed") return { kind: "stop", state: "removed" };
		return { kind: "stop", state: "join" };
	}

	/** The server knows why, and says so when it is asked again. */
	afterRefusal(): "open again" {
		return "open again";
	}

	#opened({ name, project: title, seat, nickname, https, features }: MemberInfo): Opened {
		return {
			...{ kind: "open", id: this.#id, headers: {}, name, title, features },
			// People count from one.
			seat: seat + 1,
			...(nickname !== null && { nickname }),
			...(https !== null && { https }),
		};
	}
}
