import type { OwnModel } from "../own-models.ts";
import { type Answer, type ask, textIn } from "./ask.ts";
import {
	type DeviceAccess,
	isPassing,
	type Opened,
	type Shut,
	troubleOf,
} from "./device-access.ts";

/** What a browser keeps of a device that it is. */
export interface KeptDevice {
	readonly id: string;
	/** Empty: it has not been registered yet. */
	readonly password: string;
}

/** Keeps it from one visit to the next. */
export interface DeviceKeeper {
	read(): KeptDevice | undefined;
	write(device: KeptDevice): void;
	clear(): void;
}

export interface OwnAccessDeps {
	readonly ask: typeof ask;
	readonly keeper: DeviceKeeper;
	readonly newId: () => string;
}

/** A page that registers itself, and again after each reload as the device it was (`csm.md §2.2`). */
export class OwnAccess implements DeviceAccess {
	readonly hasCookie = false;
	readonly #model: OwnModel;
	readonly #deps: OwnAccessDeps;
	/** For the first registration, where the server wants one. */
	#token = "";

	constructor(model: OwnModel, deps: OwnAccessDeps) {
		this.#model = model;
		this.#deps = deps;
	}

	/** Registers with a token from now on. */
	useToken(token: string): void {
		this.#token = token;
	}

	async open(): Promise<Opened | Shut> {
		const kept = this.#deps.keeper.read();
		if (kept !== undefined) {
			const answer = await this.#register(kept.id, basic(kept));
			// Another server, or one that lost its data: it is a new device there.
			if (answer.status !== 401 && answer.status !== 403) return this.#outcome(kept.id, answer);
			this.#deps.keeper.clear();
		}
		const id = this.#deps.newId();
		const shown = this.#token === "" ? {} : { authorization: `Bearer ${this.#token}` };
		return this.#outcome(id, await this.#register(id, shown));
	}

	afterRefusal(status: number): Shut {
		const isTaken = status === 401 || status === 403;
		return { kind: "stop", state: isTaken ? "elsewhere" : "removed" };
	}

	/** Becomes another device when it is opened next. */
	forget(): void {
		this.#deps.keeper.clear();
	}

	/** Deregisters. @param rev Of the registration. */
	async leave({ id, headers }: Pick<Opened, "id" | "headers">, rev: string): Promise<void> {
		this.#deps.keeper.clear();
		await this.#deps.ask("DELETE", `../${id}`, { body: JSON.stringify({ rev }), headers });
	}

	#register(id: string, headers: Readonly<Record<string, string>>): Promise<Answer> {
		const { model, features } = this.#model;
		const list = (wanted: "input" | "output") => {
			const found = features
				.filter(({ type }) => type === wanted)
				.map(({ name, params }) => [name, params.map(({ unit }) => unit ?? null)]);
			return found.length === 0 ? null : found;
		};
		return this.#deps.ask("PUT", `../${id}`, {
			headers,
			body: JSON.stringify({
				accept_protos: ["http"],
				idf_list: list("input"),
				odf_list: list("output"),
				profile: { model },
			}),
		});
	}

	#outcome(id: string, answer: Answer): Opened | Shut {
		const { status } = answer;
		if (status === 200) {
			const device = { id, password: textIn(answer, "password") };
			this.#deps.keeper.write(device);
			const { features } = this.#model;
			return { kind: "open", id, headers: basic(device), features, name: textIn(answer, "name") };
		}
		if (isPassing(status)) return troubleOf(answer);
		if (status === 401 || status === 403) return { kind: "stop", state: "login" };
		const reason = textIn(answer, "reason") || `HTTP ${status}`;
		return { kind: "stop", state: "refused", reason };
	}
}

function basic({ id, password }: KeptDevice): Record<string, string> {
	return { authorization: `Basic ${btoa(`${id}:${password}`)}` };
}
