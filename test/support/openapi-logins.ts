interface Operation {
	readonly security: readonly object[];
	readonly parameters?: readonly Parameter[];
	readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> };
}

interface Parameter {
	readonly name: string;
	readonly in: string;
	readonly schema: { readonly format?: string };
}

const NO_DEVICE = "00000000-0000-4000-8000-000000000000";

/**
 * Asks for everything an OpenAPI document has, without a login.
 * @param base Of a server whose logins are off.
 * @returns what is refused for want of a login though the document says that none is needed, and the other way round.
 */
export async function wrongLogins(text: string, base: string): Promise<string[]> {
	const { paths } = JSON.parse(text) as {
		readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
	};
	const wrong: string[] = [];
	for (const [path, operations] of Object.entries(paths)) {
		for (const [method, operation] of Object.entries(operations)) {
			const { security } = operation;
			const isNeeded = !security.some((scheme) => Object.keys(scheme).length === 0);
			const status = await statusOf(base, method.toUpperCase(), path, operation);
			// Programs that are not the command line on this machine are refused with 403; there is no device 0000….
			const isRefused = isNeeded ? [401, 403, 404].includes(status) : status === 401;
			if (security.length > 0 && isRefused !== isNeeded) {
				wrong.push(`${method} ${path} ${JSON.stringify(security)}: ${status}`);
			}
		}
	}
	return wrong;
}

async function statusOf(
	base: string,
	method: string,
	path: string,
	{ parameters = [], requestBody }: Operation,
): Promise<number> {
	const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
		const parameter = parameters.find((one) => one.in === "path" && one.name === name);
		return parameter?.schema.format === "uuid" ? NO_DEVICE : "1";
	});
	const [type] = Object.keys(requestBody?.content ?? {});
	const response = await fetch(base + filled, {
		method,
		redirect: "manual",
		...(type !== undefined && { headers: { "content-type": type }, body: "{}" }),
	});
	// A stream of events has no end.
	await response.body?.cancel();
	return response.status;
}
