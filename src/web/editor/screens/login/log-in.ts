import { ask } from "../../server/ask.ts";
import { texts } from "../../texts/texts.ts";

/** Logs in with the fields of a form. @returns why not, in the reader's words. */
export async function logIn(fields: FormData): Promise<string | undefined> {
	const [username, password] = [fields.get("name"), fields.get("password")];
	const answer = await ask("POST", "api/v0/account/login", { username, password });
	const { account, shell } = texts.value;
	if (answer.ok) return (await isKept()) ? undefined : account.noCookies;
	if (answer.status === 0) return shell.unreachableNow;
	return answer.status === 401 ? account.wrong : answer.reason;
}

/** Makes an account with the fields of a form, and logs in. @returns why not. */
export async function register(fields: FormData): Promise<string | undefined> {
	const [username, password, code] = ["name", "password", "code"].map((name) => fields.get(name));
	const account = { username, password, ...(code !== null && { code }) };
	const answer = await ask("POST", "api/v0/account/create", account);
	if (answer.ok) return logIn(fields);
	return answer.status === 0 ? texts.value.shell.unreachableNow : answer.reason;
}

/** Whether the browser has kept the login; one that cannot be asked about counts as kept. */
async function isKept(): Promise<boolean> {
	const answer = await ask<{ readonly person: object | null }>("GET", "api/v1/session");
	return !answer.ok || answer.body.person !== null;
}
