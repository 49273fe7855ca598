import type { Answer, ask } from "../../../../src/web/phone/server/ask.ts";

export interface Asked {
	readonly method: string;
	readonly url: string;
	readonly body: unknown;
	readonly authorization: string | undefined;
}

/** Requests of a page, answered by the test. */
export class Asking {
	readonly asked: Asked[] = [];
	/** What is answered from now on. */
	answer: (asked: Asked) => { status: number; body?: object; retryAfterS?: number };

	constructor(answer: Asking["answer"]) {
		this.answer = answer;
	}

	readonly ask: typeof ask = async (method, url, { body, headers = {} } = {}): Promise<Answer> => {
		const { authorization } = headers;
		const asked = { method, url, authorization, body: body && JSON.parse(body) };
		this.asked.push(asked);
		const { body: answered = {}, ...rest } = this.answer(asked);
		return { ...rest, body: { ...answered } };
	};
}
