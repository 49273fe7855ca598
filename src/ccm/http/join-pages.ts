import { pageHeaders, Reply } from "../../http/mod.ts";
import type { Place } from "../invitations/joining.ts";
import { MAX_NICKNAME } from "../invitations/nickname.ts";
import type { JoinTexts } from "./join-texts.ts";

/** What went wrong, as a page says it. */
export interface Problem {
	readonly status: number;
	readonly text: string;
	/** Seconds after which trying again may help. */
	readonly retryAfter?: number;
}

type Fields = Readonly<Record<string, string>>;

/** Pages by which phones join: plain HTML that needs no script. */
export class JoinPages {
	readonly #template: string;

	/** @param template a page in English with places for title and content. */
	constructor(template: string) {
		this.#template = template;
	}

	/** Asks for a code. @param form Where that is, seen from the page. */
	askCode(texts: JoinTexts, form: string, problem?: Problem, fields?: Fields): Response {
		return this.#page(
			texts,
			`<h1>${texts.join}</h1>
			<p class="faint">${texts.askCode}</p>
			${alert(problem)}
			<form method="get" action="${form}">
				<label for="code">${texts.code}</label>
				<input class="code" id="code" name="code" required maxlength="20" autofocus autocomplete="off"
					autocapitalize="characters" autocorrect="off" spellcheck="false" />
				<button type="submit">${texts.next}</button>
			</form>`,
			problem,
			fields,
		);
	}

	/** Asks for a nickname, on the page of a code. */
	askName(texts: JoinTexts, place: Place, problem?: Problem, fields?: Fields): Response {
		return this.#page(
			texts,
			`<h1>${Bun.escapeHTML(place.project)}</h1>
			<p class="faint">${Bun.escapeHTML(place.model)}</p>
			${alert(problem)}
			<form method="post">
				<label for="nickname">${texts.nickname}</label>
				<input id="nickname" name="nickname" maxlength="${MAX_NICKNAME}" autocomplete="nickname"
					aria-describedby="hint" />
				<p class="faint" id="hint">${texts.nicknameHint}</p>
				<button type="submit">${texts.enter}</button>
			</form>`,
			problem,
			fields,
		);
	}

	/** Says what is in the way. @param form Where a code is asked for, seen from the page. */
	say(texts: JoinTexts, problem: Problem, form: string): Response {
		return this.#page(
			texts,
			`<h1>${texts.join}</h1>
			${alert(problem)}
			<p class="next"><a href="${form}">${texts.otherCode}</a></p>`,
			problem,
		);
	}

	#page(texts: JoinTexts, content: string, problem?: Problem, fields: Fields = {}): Response {
		const html = this.#template
			.replace(`lang="en"`, `lang="${texts.lang}"`)
			.replace("<!-- title -->", `${texts.join} · IoTtalk`)
			.replace("<!-- content -->", () => content);
		return new Reply(problem?.status ?? 200, html, {
			...pageHeaders(html),
			"cache-control": "no-store",
			"content-language": texts.lang,
			vary: "Accept-Language",
			...(problem?.retryAfter !== undefined && { "retry-after": String(problem.retryAfter) }),
			...fields,
		});
	}
}

function alert(problem: Problem | undefined): string {
	if (problem === undefined) return "";
	return `<p class="wrong" role="alert">${Bun.escapeHTML(problem.text)}</p>`;
}
