// A class with phones: a project of Ann's with a block for a crowd, and browsers that join.
import type { Invitation, NewInvitation } from "../../../src/contract/mod.ts";
import type { CcmHttp } from "./ccm-http.ts";
import { TEACHER } from "./office.ts";

/** A project with one block of a seed model. */
export async function openClass(ccm: CcmHttp, model = "Smartphone", p_name = "Class lamp") {
	const { office } = ccm;
	const p_id = Number((await office.ok(TEACHER, "PUT", "/project", { p_name })).p_id);
	const [found] = await office.store.read(({ models }) => models.list({ dm_name: model }));
	if (found === undefined) throw new Error(`no model ${model}`);
	const df = found.members.map(({ df_id }) => df_id);
	const place = `/project/${p_id}/deviceobject`;
	const { do_id } = await office.ok(TEACHER, "PUT", place, { dm_id: found.dm_id, df });
	const block = `/api/v1/projects/${p_id}/blocks/${do_id}`;
	return { p_id, do_id: Number(do_id), block };
}

export type OpenClass = Awaited<ReturnType<typeof openClass>>;

/** Makes an invitation as Ann. */
export async function invite(
	ccm: CcmHttp,
	{ block }: Pick<OpenClass, "block">,
	input: object = {},
): Promise<NewInvitation> {
	const { status, body } = await ccm.json(TEACHER, "POST", `${block}/invitation`, input);
	if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
	return body as unknown as NewInvitation;
}

/** Its state, as Ann sees it. */
export async function standing(
	ccm: CcmHttp,
	{ block }: Pick<OpenClass, "block">,
): Promise<Invitation> {
	const { body } = await ccm.json(TEACHER, "GET", `${block}/invitation`);
	const { state: _, ...invitation } = body;
	return invitation as unknown as Invitation;
}

/** A browser with its cookies. */
export class Phone {
	/** By name and path, as browsers keep them. */
	readonly cookies = new Map<string, { readonly value: string; readonly path: string }>();

	constructor(
		readonly base: string,
		readonly language = "zh-TW,zh;q=0.9,en;q=0.8",
	) {}

	/** Without following. */
	async send(method: string, path: string, init: RequestInit = {}): Promise<Response> {
		const headers = new Headers(init.headers);
		if (!headers.has("accept-language")) headers.set("accept-language", this.language);
		const own = [...this.cookies].filter(([, one]) => isBelow(path, one.path));
		if (own.length > 0) {
			headers.set("cookie", own.map(([key, { value }]) => `${nameIn(key)}=${value}`).join("; "));
		}
		const response = await fetch(this.base + path, {
			redirect: "manual",
			...init,
			method,
			headers,
		});
		for (const text of response.headers.getSetCookie()) {
			const { name, value, path: place = "/" } = Bun.Cookie.parse(text);
			this.cookies.set(`${name} ${place}`, { value, path: place });
		}
		return response;
	}

	async get(path: string): Promise<{ status: number; text: string; location: string | null }> {
		const response = await this.send("GET", path);
		const location = response.headers.get("location");
		return { status: response.status, text: await response.text(), location };
	}

	/** Sends the form of a code's page. @param from Path of the page. */
	async submit(from: string, nickname = "") {
		const response = await this.send("POST", from, { body: new URLSearchParams({ nickname }) });
		const location = response.headers.get("location");
		return { status: response.status, text: await response.text(), location };
	}

	/** Opens the page of a code and joins. @returns id of its device. */
	async join(code: string, nickname = ""): Promise<string> {
		await this.get(`/join/${code}`);
		const { status, text, location } = await this.submit(`/join/${code}`, nickname);
		if (status !== 303 || location === null) throw new Error(`${status} ${text}`);
		return location.replace("../da/", "");
	}

	/** What its page is told. */
	async info(id: string): Promise<{ status: number; body: Record<string, unknown> }> {
		const response = await this.send("GET", `/da/${id}/info`);
		return { status: response.status, body: (await response.json()) as Record<string, unknown> };
	}
}

function nameIn(key: string): string {
	return key.split(" ", 1)[0] ?? "";
}

function isBelow(path: string, place: string): boolean {
	const [plain = ""] = path.split("?", 1);
	return place === "/" || plain === place || plain.startsWith(`${place}/`);
}
