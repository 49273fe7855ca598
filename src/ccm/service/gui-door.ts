import { Refusal } from "../projects/refusal.ts";
import type { Person } from "./operation.ts";
import type { Service } from "./service.ts";

export type GuiMessage = Readonly<Record<string, unknown>>;

/** The GUI API over the operations' table (`ccm-gui.md §5`), whatever brings its messages. */
export class GuiDoor {
	readonly #service: Service;

	constructor(service: Service) {
		this.#service = service;
	}

	/**
	 * Answers a request; refusals are answers, with all that was sent.
	 * @param person Whose session the request quotes; null: it is unknown.
	 */
	async answer(request: GuiMessage, person: Person | null): Promise<GuiMessage> {
		const { op, data } = request;
		if (op === "attach" || op === "detach") return { ...request, state: "ok" };
		if (person === null) return { op: "anno", state: "Authentication failed" };
		try {
			const result = await this.#service.call(String(op), person, fieldsOf(data));
			return { ...request, state: "ok", data: result };
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			return { ...request, state: "error", msg: error.message };
		}
	}
}

/** `ctx` in data is discarded. @throws Refusal 400 */
function fieldsOf(data: unknown): GuiMessage {
	if (data === undefined || data === null) return {};
	if (typeof data !== "object" || Array.isArray(data)) {
		throw new Refusal(400, "field `data` should be type `dict`", "data");
	}
	const fields: Record<string, unknown> = { ...data };
	delete fields.ctx;
	return fields;
}
