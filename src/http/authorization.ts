/** What `Authorization: Bearer` shows; empty without one. */
export function bearerOf(authorization: string | null): string {
	return /^bearer (.*)$/i.exec(authorization ?? "")?.[1] ?? "";
}

/** Name and password of `Authorization: Basic`. */
export function basicOf(authorization: string | null): [string, string] | undefined {
	const [scheme = "", shown = ""] = (authorization ?? "").split(/ +/, 2);
	if (!/^basic$/i.test(scheme)) return undefined;
	const [, name = "", password = ""] =
		/^([^:]*):(.*)$/s.exec(Buffer.from(shown, "base64").toString()) ?? [];
	return [name, password];
}
